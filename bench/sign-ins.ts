// The two flows whose rates are compared: a QR sign-in by a phone, and a plain code flow. Each worker has
// its own sockets.
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualAuthenticator, type VirtualAuthenticator } from '../test/support/virtual-authenticator.ts';
import { createVirtualPhone } from '../test/support/virtual-phone.ts';
import { authorizationParams, redirectUri } from '../test/support/waiting-browser.ts';
import type { Served } from './processes.ts';
import { type Answer, createJar, createSocketClient, locationOf, type SocketClient } from './socket-client.ts';

const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36';
const json = { accept: 'application/json', 'content-type': 'application/json' };
const html = { accept: 'text/html', 'user-agent': agent };

export type Phone = {
  cookie: string;
  key: KeyObject;
  header: string;
  /** Answers the passkey question; null: the phone approves by a tap. */
  authenticator: VirtualAuthenticator | null;
};
export type Jar = ReturnType<typeof createJar>;
export type Opened = { jar: Jar; base: string; verifier: string };

/** A phone that is signed in as alice. Its key signs synchronously. */
export async function signedInPhone({ issuer }: Served, { withPasskey = false } = {}): Promise<Phone> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-bench-phone-'));
  const phone = createVirtualPhone({ issuer, folder });
  await phone.signIn('alice', 'tessera-demo-alice');
  const authenticator = withPasskey ? createVirtualAuthenticator({ origin: issuer }) : null;
  if (authenticator) await phone.addPasskey(authenticator);
  const [file = ''] = await readdir(folder);
  const { cookie, privateJwk } = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await rm(folder, { recursive: true });
  const { d: _private, ...jwk } = privateJwk;
  const header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk });
  return { cookie, key: createPrivateKey({ key: privateJwk, format: 'jwk' }), header, authenticator };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function proof({ key, header }: Phone, url: string): string {
  const text = `${header}.${encode({ htm: 'POST', htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000) })}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function assertStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text.slice(0, 400)}`);
  return answer;
}

/** Requests GET /auth and the sign-in page. */
export async function openPage(client: SocketClient, change: Record<string, string> = {}): Promise<Opened> {
  const jar = createJar();
  const { params, verifier } = authorizationParams(change);
  const started = assertStatus(await client.request('GET', `/auth?${params}`, html), 303);
  jar.keep(started);
  const base = new URL(locationOf(started), 'http://localhost').pathname;
  const page = assertStatus(await client.request('GET', base, { ...html, cookie: jar.header() }), 200);
  jar.keep(page);
  return { jar, base, verifier };
}

export async function frameOf(client: SocketClient, { jar, base }: Opened): Promise<string> {
  const answer = await client.request('GET', `${base}/ticket`, { ...json, cookie: jar.header() });
  return String(JSON.parse(assertStatus(answer, 200).text).qr);
}

export async function callPhone(client: SocketClient, issuer: string, phone: Phone, path: string, body: unknown) {
  const headers = { ...json, cookie: phone.cookie, dpop: proof(phone, `${issuer}${path}`) };
  return JSON.parse(assertStatus(await client.request('POST', path, headers, JSON.stringify(body)), 200).text);
}

/** Scans, and returns the approval ready to be sent. */
export async function scan(client: SocketClient, issuer: string, phone: Phone, qr: string) {
  const { ticket, approval_token, passkey_options } = await callPhone(client, issuer, phone, '/phone/v1/scan', { qr });
  const passkey = passkey_options && phone.authenticator?.get(passkey_options);
  const body = { approval_token, ...(passkey && { passkey }) };
  return () => callPhone(client, issuer, phone, `/phone/v1/tickets/${ticket}/approve`, body);
}

async function redeem(
  client: SocketClient,
  location: string,
  verifier: string,
  clientId = 'dev-public',
): Promise<void> {
  const code = new URL(location).searchParams.get('code');
  if (!code) throw new Error(`no code in ${location}`);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: verifier,
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const { text } = assertStatus(await client.request('POST', '/token', type, body.toString()), 200);
  if (!text.includes('"id_token"')) throw new Error('no ID token');
}

/**
 * Creates a worker of complete QR sign-ins, eight requests each.
 * @param change overrides authorization parameters
 */
export function qrWorker({ port, issuer }: Served, phone: Phone, change: Record<string, string> = {}) {
  const browser = createSocketClient(port);
  const handheld = createSocketClient(port);
  const site = createSocketClient(port);
  return {
    async once(): Promise<void> {
      const opened = await openPage(browser, change);
      const { jar, base, verifier } = opened;
      const approve = await scan(handheld, issuer, phone, await frameOf(browser, opened));
      const { confirmation_code } = await approve();
      const body = JSON.stringify(confirmation_code ? { confirmation_code } : {});
      const headers = { ...json, cookie: jar.header() };
      const finished = assertStatus(await browser.request('POST', `${base}/finish`, headers, body), 200);
      jar.keep(finished);
      const resume = new URL(JSON.parse(finished.text).location, issuer);
      const back = await browser.request('GET', resume.pathname + resume.search, { ...html, cookie: jar.header() });
      await redeem(site, locationOf(assertStatus(back, 303)), verifier, change.client_id);
    },
    close: () => [browser, handheld, site].forEach((client) => void client.close()),
  };
}

/** Creates a worker of plain code flows, four requests each, against a provider that signs everybody in. */
export function plainWorker({ port }: Served) {
  const browser = createSocketClient(port);
  const site = createSocketClient(port);
  return {
    async once(): Promise<void> {
      const jar = createJar();
      const { params, verifier } = authorizationParams();
      let path = `/auth?${params}`;
      for (let i = 0; i < 3; i++) {
        const answer = assertStatus(await browser.request('GET', path, { ...html, cookie: jar.header() }), 303);
        jar.keep(answer);
        path = locationOf(answer);
        if (path.startsWith('http://localhost')) path = new URL(path).pathname;
      }
      await redeem(site, path, verifier);
    },
    close: () => [browser, site].forEach((client) => void client.close()),
  };
}
