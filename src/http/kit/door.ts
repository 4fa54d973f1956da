// Opens and closes the process's port: an HTTP or HTTPS server around a request listener.
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { drain } from './drain.ts';

export type DoorDeps = {
  readonly listener: RequestListener;
  readonly http: { readonly port: number; readonly host: string; readonly keep_alive_seconds: number };
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
};

/** Request line and headers together. A sign-out may have 16 KB in its address, beside the cookies. */
const maxHeaderBytes = 32 * 1024;

/** @param tls PEM texts; without them the server speaks plain HTTP */
export function createDoor({ listener, http, tls }: DoorDeps) {
  const limits = { maxHeaderSize: maxHeaderBytes };
  const server = tls ? createHttpsServer({ ...tls, ...limits }, listener) : createHttpServer(limits, listener);
  // The headers of a browser fill a few kilobytes. More of them is no browser.
  server.maxHeadersCount = 100;
  server.requestTimeout = 30_000;
  // A pool that keeps a connection longer than we do would send a request into a closed one.
  server.keepAliveTimeout = http.keep_alive_seconds * 1000;

  return {
    /** Resolves with the port when the server accepts requests. @throws Error such as EADDRINUSE */
    listen: () =>
      new Promise<{ port: number }>((resolve, reject) => {
        server.once('error', reject);
        server.listen(http.port, http.host, () => {
          server.off('error', reject);
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),

    /** Closes the port, and resolves when requests under way are finished or 8 seconds have passed. */
    drain: () => drain(server),
  };
}
