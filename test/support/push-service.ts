// A push service (RFC 8030) on loopback, and the browser behind it: gives out subscriptions with keys of
// its own, judges who sends by VAPID (RFC 8292), and decrypts what comes (RFC 8291) with code that shares
// nothing with ours.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK, type JWTPayload, jwtVerify } from 'jose';

export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly sender: JWTPayload;
  readonly notice: { title: string; body: string; url: string };
};
/** `ok`: 201. `gone`: 410. `redirect`: to `ok`. `hang`: never an answer. `flood`: an answer without end. */
export type Manner = 'ok' | 'gone' | 'redirect' | 'hang' | 'flood';

const { subtle } = globalThis.crypto;
const bytes = (text: string) => new TextEncoder().encode(text);
const base64url = (data: ArrayBuffer | Uint8Array) => Buffer.from(data as Uint8Array).toString('base64url');

async function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Promise<Uint8Array> {
  const base = await subtle.importKey('raw', Buffer.from(key), 'HKDF', false, ['deriveBits']);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: Buffer.from(salt), info: Buffer.from(info) };
  return new Uint8Array(await subtle.deriveBits(params, base, length * 8));
}

export async function startPushService() {
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const auth = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const received: Received[] = [];
  const requests: string[] = [];
  const problems: unknown[] = [];

  async function decrypt(body: Buffer): Promise<string> {
    const salt = body.subarray(0, 16);
    const keyLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + keyLength);
    const curve = { name: 'ECDH', namedCurve: 'P-256' };
    const senderKey = await subtle.importKey('raw', Buffer.from(sender), curve, false, []);
    const shared = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: senderKey }, pair.privateKey, 256));
    const info = new Uint8Array([...bytes('WebPush: info\0'), ...publicKey, ...sender]);
    const secret = await hkdf(shared, auth, info, 32);
    const key = await hkdf(secret, salt, bytes('Content-Encoding: aes128gcm\0'), 16);
    const iv = await hkdf(secret, salt, bytes('Content-Encoding: nonce\0'), 12);
    const aes = await subtle.importKey('raw', Buffer.from(key), 'AES-GCM', false, ['decrypt']);
    const record = Buffer.from(body.subarray(21 + keyLength));
    const plain = Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv: Buffer.from(iv) }, aes, record));
    if (plain.at(-1) !== 2) throw new Error('the last record ends with 2 (RFC 8188 §2)');
    return plain.subarray(0, -1).toString('utf8');
  }

  async function senderOf(authorization: string, origin: string): Promise<JWTPayload> {
    const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(authorization) ?? [];
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [base64url(point.subarray(1, 33)), base64url(point.subarray(33))];
    const verifier = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
    const { payload } = await jwtVerify(token, verifier, { audience: origin, algorithms: ['ES256'] });
    return { ...payload, key };
  }

  async function take(request: IncomingMessage, path: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sender = await senderOf(String(request.headers.authorization), url);
    const notice = JSON.parse(await decrypt(Buffer.concat(chunks)));
    received.push({ path, headers: request.headers, sender, notice });
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    requests.push(path);
    const [, manner] = path.split('/');
    if (manner === 'hang') return;
    if (manner === 'gone') response.writeHead(410).end();
    else if (manner === 'redirect') response.writeHead(307, { location: '/ok/redirected' }).end();
    else if (manner === 'flood') flood(response);
    else judge(request, response, path);
  }

  function judge(request: IncomingMessage, response: ServerResponse, path: string): void {
    take(request, path).then(
      () => response.writeHead(201).end(),
      (error: unknown) => {
        problems.push(error);
        response.writeHead(400).end();
      },
    );
  }

  function flood(response: ServerResponse): void {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.writeHead(201).on('drain', more);
    more();
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    /** Messages that were sent by somebody who showed a key, and that could be read. */
    received,
    /** Paths of every request. */
    requests,
    problems,
    keys: { p256dh: base64url(publicKey), auth: base64url(auth) },
    subscription: (name: string, manner: Manner = 'ok') => ({
      endpoint: `${url}/${manner}/${name}`,
      keys: { p256dh: base64url(publicKey), auth: base64url(auth) },
    }),
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
