// Measures the time from the phone's approval until the waiting browser knows: over the event stream,
// beside browsers that poll instead.
import { get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type Served, startTessera } from './processes.ts';
import { qrWorkers, startLoad } from './rate.ts';
import { frameOf, type Opened, openPage, type Phone, scan, signedInPhone } from './sign-ins.ts';
import { createSocketClient, type SocketClient } from './socket-client.ts';
import { percentile, printTable } from './table.ts';

type Watch = { approvedAt: Promise<number>; stop(): void };
type Watcher = (server: Served, opened: Opened) => Promise<Watch>;

/** Resolves once the stream has shown the ticket as scanned, so that only the approval is measured. */
export const overStream: Watcher = (server, { jar, base }) =>
  new Promise((ready, reject) => {
    const approved = Promise.withResolvers<number>();
    const options = { host: '127.0.0.1', port: server.port, path: `${base}/events`, agent: false as const };
    const headers = { host: `localhost:${server.port}`, cookie: jar.header(), accept: 'text/event-stream' };
    const request = get({ ...options, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the stream answered ${response.statusCode}`));
      response.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('"state":"approved"')) approved.resolve(performance.now());
        else if (text.includes('"state":')) ready({ approvedAt: approved.promise, stop: () => request.destroy() });
      });
      response.on('error', () => undefined);
    });
    request.on('error', reject);
  });

/** Polls at the given interval. The approval comes at a random moment between two polls. */
const byPolling =
  (everyMs: number): Watcher =>
  async (server, { jar, base }) => {
    const client = createSocketClient(server.port);
    const headers = { cookie: jar.header(), accept: 'application/json' };
    let isStopped = false;
    const look = async (): Promise<number> => {
      while (!isStopped) {
        const { text } = await client.request('GET', `${base}/ticket`, headers);
        if (text.includes('"state":"approved"')) return performance.now();
        await setTimeout(everyMs);
      }
      return Number.NaN;
    };
    const approvedAt = look();
    await setTimeout(Math.random() * everyMs);
    return {
      approvedAt,
      stop() {
        isStopped = true;
        client.close();
      },
    };
  };

/** Measures one approval, in milliseconds. */
async function sample(server: Served, phone: Phone, browser: SocketClient, handheld: SocketClient, watcher: Watcher) {
  const opened = await openPage(browser);
  const approve = await scan(handheld, server.issuer, phone, await frameOf(browser, opened));
  const watch = await watcher(server, opened);
  const startedAt = performance.now();
  const [approvedAt] = await Promise.all([watch.approvedAt, approve()]);
  watch.stop();
  return approvedAt - startedAt;
}

/**
 * Runs `atOnce` browsers in parallel, each approval after the other, until `count` approvals are measured.
 */
export async function samples(server: Served, phone: Phone, watcher: Watcher, count: number, atOnce = 1) {
  const taken: number[] = [];
  let left = count;
  const run = async (): Promise<void> => {
    const browser = createSocketClient(server.port);
    const handheld = createSocketClient(server.port);
    while (left-- > 0) taken.push(await sample(server, phone, browser, handheld, watcher));
    browser.close();
    handheld.close();
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return {
    p50Ms: percentile(taken, 0.5),
    p95Ms: percentile(taken, 0.95),
    p99Ms: percentile(taken, 0.99),
    samples: taken.length,
  };
}

export async function measureLatency({ isQuick }: { isQuick: boolean }): Promise<object> {
  const server = await startTessera();
  const phone = await signedInPhone(server);
  const [streamed, polled] = isQuick ? [30, 8] : [300, 60];
  await samples(server, phone, overStream, isQuick ? 20 : 200);
  const idle = await samples(server, phone, overStream, streamed);
  // Pollers mostly sleep, so several can run in parallel without affecting each other.
  const poll500 = await samples(server, phone, byPolling(500), polled, 4);
  const poll1000 = await samples(server, phone, byPolling(1000), polled, 4);
  const load = startLoad(await qrWorkers(server, 4));
  await setTimeout(isQuick ? 200 : 2000);
  const loaded = await samples(server, phone, overStream, streamed);
  await load.stop();
  await server.stop();
  const results = { idle, loaded, poll500, poll1000 };
  const row = (name: string, { p50Ms, p99Ms }: typeof idle) => [name, p50Ms.toFixed(1), p99Ms.toFixed(1)];
  printTable(
    'Milliseconds from sending the approval until the waiting browser knows',
    ['', 'median', '99th percentile'],
    [
      row('event stream', idle),
      row('event stream, 4 sign-ins at once besides', loaded),
      row('polling every 500 ms', poll500),
      row('polling every second', poll1000),
    ],
  );
  return results;
}
