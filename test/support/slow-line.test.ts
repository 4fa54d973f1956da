// The slow line takes the time that its rate and its round trip say, and connections share its rate.
import { once } from 'node:events';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startSlowLine } from './slow-line.ts';

let server: Server;
let connections = 0;
let line: Awaited<ReturnType<typeof startSlowLine>>;

async function open(change: { bitsPerSecond?: number; roundTripMs?: number }) {
  server = createServer((req, res) => res.end(Buffer.alloc(Number(req.url?.slice(1)))));
  connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line = await startSlowLine({ target: (server.address() as AddressInfo).port, ...change });
}
afterEach(async () => {
  await line.close();
  server.closeAllConnections();
  server.close();
});

async function timeMs(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}
const load = async (bytes: number, agent?: Agent) => {
  const [answer] = await once(get(`${line.origin}/${bytes}`, { agent }), 'response');
  return (await buffer(answer)).length;
};
/** A line may be this much faster than its settings, which slow-line.ts allows for late timers. */
const clockErrorMs = 25;

describe('a slow line', () => {
  it('takes a round trip for the connection and one for each request', async () => {
    await open({ bitsPerSecond: 1e9, roundTripMs: 100 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await timeMs(() => load(1, agent))).toBeGreaterThan(200 - clockErrorMs);
    expect(await timeMs(() => load(1, agent))).toBeGreaterThan(100 - clockErrorMs);
    expect(connections, 'both requests had the same connection').toBe(1);
    agent.destroy();
  });

  it('takes as long for bytes as its rate says, however many connections share it', async () => {
    await open({ bitsPerSecond: 1e6, roundTripMs: 0 });
    // 50,000 bytes are 400,000 bits.
    expect(await timeMs(() => load(50_000))).toBeGreaterThan(400 - clockErrorMs);
    expect(await timeMs(() => Promise.all([load(25_000), load(25_000)]))).toBeGreaterThan(400 - clockErrorMs);
    expect(line.bytes.down).toBeGreaterThan(100_000);
    expect(line.bytes.down).toBeLessThan(102_000);
  });

  it('loses nothing', async () => {
    await open({ bitsPerSecond: 1e9, roundTripMs: 10 });
    expect(await load(300_000)).toBe(300_000);
  });
});
