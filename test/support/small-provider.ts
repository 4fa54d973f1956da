// As much of a provider as a device talks to, on a port of its own: answers what the test tells it, and
// remembers what it was asked.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { decodeJwt, EmbeddedJWK, jwtVerify } from 'jose';

export type Request = {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** Of a proof whose signature was right. */
  readonly proof: Readonly<Record<string, unknown>> | null;
};
export type Reply =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'hang up';
export type SmallProvider = Awaited<ReturnType<typeof startSmallProvider>>;

/** @param answer by path; what it does not know is 404 */
export async function startSmallProvider(answer: (request: Request) => Reply | Promise<Reply>) {
  const requests: Request[] = [];
  const server = createServer(async (req, res) => {
    const request = await read(req);
    requests.push(request);
    const reply = req.url?.startsWith('/.well-known/') ? { body: metadata() } : await answer(request);
    if (reply === 'hang up') return void req.socket.destroy();
    res.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    res.end(JSON.stringify(reply.body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = () => ({
    issuer,
    device_authorization_endpoint: `${issuer}/device/auth`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/token/revocation`,
  });
  return {
    issuer,
    requests,
    to: (path: string) => requests.filter((each) => each.path === path),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(req: IncomingMessage): Promise<Request> {
  const { dpop, authorization } = req.headers;
  return {
    path: req.url ?? '',
    form: Object.fromEntries(new URLSearchParams(await text(req))),
    authorization,
    proof: typeof dpop === 'string' ? await verified(dpop) : null,
  };
}

async function verified(proof: string): Promise<Record<string, unknown>> {
  await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256'] });
  return decodeJwt(proof);
}
