// The process's door: an HTTP or HTTPS server around a listener, opened on request and closed in order.
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { drain } from './drain.ts';

export type Door = ReturnType<typeof createDoor>;

export type DoorDeps = {
  readonly listener: RequestListener;
  readonly http: { readonly port: number; readonly host: string };
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
};

export function createDoor({ listener, http, tls }: DoorDeps) {
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  // A phone's browser sends a few kilobytes of headers; nobody needs sixteen.
  server.maxHeadersCount = 100;
  server.requestTimeout = 30_000;

  return {
    /** Resolves with the port once requests are served. */
    listen: () =>
      new Promise<{ port: number }>((resolve, reject) => {
        server.once('error', reject);
        server.listen(http.port, http.host, () => {
          server.off('error', reject);
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),

    /** Requests under way are finished; within 10 s. */
    drain: () => drain(server),
  };
}
