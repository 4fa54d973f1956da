// A relying party's back-channel logout endpoint on a port of its own: remembers what it was told, answers
// as the test says.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LogoutEndpoint = Awaited<ReturnType<typeof startLogoutEndpoint>>;

/** @param answer ends the response, or leaves it hanging */
export async function startLogoutEndpoint(answer: (res: ServerResponse) => void = (res) => res.end(), port = 0) {
  const tokens: string[] = [];
  const contentTypes: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      contentTypes.push(req.headers['content-type']);
      tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
      answer(res);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    tokens,
    contentTypes,
    /** Safe to call twice. */
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
