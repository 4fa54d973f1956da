// A relying party that forwards twice over further origins before it shows a page, as one does whose API and
// site have different hosts. Each origin is a port of its own. It answers GET and POST.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApp } from './app.ts';
import { openBrowser } from './browser.ts';

export type RedirectChain = Awaited<ReturnType<typeof startRedirectChain>>;

export async function startRedirectChain() {
  const servers: Server[] = [];

  /** Starts a server. @param target where it forwards, with the parameters that it got; null: a page */
  async function start(target: string | null): Promise<string> {
    const server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => void chunks.push(chunk));
      req.on('end', () => {
        const posted = Buffer.concat(chunks).toString();
        const query = posted || (new URL(req.url ?? '/', 'http://x').search.slice(1) ?? '');
        if (target) res.writeHead(303, { location: `${target}/end?${query}` }).end();
        else res.writeHead(200, { 'content-type': 'text/html' }).end('<title>Arrived</title><h1>Arrived</h1>');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const last = await start(null);
  const first = await start(await start(last));
  return {
    redirectUri: `${first}/callback`,
    /** Where a browser ends. Its query is what the provider sent. */
    end: `${last}/end`,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

export type ChainDesk = Awaited<ReturnType<typeof startChainDesk>>;

/**
 * A chain, a provider whose clients lead to it, and Chromium.
 * @param clientsOf settings of the clients beside what makes them public
 */
export async function startChainDesk(
  clientsOf: (chain: RedirectChain) => readonly Readonly<Record<string, unknown>>[],
  config: Parameters<typeof startApp>[0] = {},
) {
  const chain = await startRedirectChain();
  const shared = { token_endpoint_auth_method: 'none', redirect_uris: [chain.redirectUri] };
  const app = await startApp({ ...config, clients: clientsOf(chain).map((each) => ({ ...shared, ...each })) });
  const chromium = await openBrowser();
  return {
    chain,
    app,
    chromium,
    async stop() {
      await chromium.close();
      await app.stop();
      await chain.close();
    },
  };
}
