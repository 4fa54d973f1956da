// A slow line over real sockets: every connection through it shares one rate, and every byte takes half of
// the round-trip time each way. The defaults are a phone at the edge of its network: 100 kbit/s and 600 ms.
// The slow start of TCP is not modelled.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type LineSettings = {
  /** The port that the line leads to. */
  readonly target: number;
  /** Where the line begins; absent: any free port. */
  readonly port?: number;
  /** Of each direction. */
  readonly bitsPerSecond?: number;
  readonly roundTripMs?: number;
};

/** Bytes that travel together, as on the internet. */
const packetBytes = 1400;

export async function startSlowLine(settings: LineSettings) {
  const { target, port = 0, bitsPerSecond = 100_000, roundTripMs = 600 } = settings;
  const sockets = new Set<Socket>();
  const bytes = { up: 0, down: 0 };
  const [up, down] = [createLane(bitsPerSecond), createLane(bitsPerSecond)];

  const server = createServer(async (client) => {
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => sockets.delete(client));
    // The client takes the connection for established at once: its handshake took no time.
    client.pause();
    await sleep(roundTripMs);
    const far = connect(target, '127.0.0.1');
    sockets.add(far);
    far.on('error', () => client.destroy()).on('close', () => sockets.delete(far));
    client.on('close', () => far.destroy());
    const count = (direction: 'up' | 'down') => (size: number) => {
      bytes[direction] += size;
    };
    void carry({ from: client, to: far, lane: up, delayMs: roundTripMs / 2, onBytes: count('up') });
    void carry({ from: far, to: client, lane: down, delayMs: roundTripMs / 2, onBytes: count('down') });
  });

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const listening = (server.address() as AddressInfo).port;
  return {
    port: listening,
    origin: `http://localhost:${listening}`,
    /** What has travelled so far, with the headers of HTTP and without those of TCP. */
    bytes,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How late timers may be before the line loses time by them. */
const lateMs = 20;

/** One direction of the line. @returns what resolves once so many bytes have been put on it */
function createLane(bitsPerSecond: number): (size: number) => Promise<void> {
  let freeAtMs = 0;
  return async (size) => {
    freeAtMs = Math.max(freeAtMs, performance.now() - lateMs) + (size * 8000) / bitsPerSecond;
    const waitMs = freeAtMs - performance.now();
    if (waitMs >= 1) await sleep(waitMs);
  };
}

type Carriage = {
  readonly from: Socket;
  readonly to: Socket;
  readonly lane: (size: number) => Promise<void>;
  readonly delayMs: number;
  readonly onBytes: (size: number) => void;
};

/** Carries one direction of one connection until it ends. Packets of several connections take turns. */
async function carry({ from, to, lane, delayMs, onBytes }: Carriage): Promise<void> {
  const later = (act: () => void) => setTimeout(act, delayMs);
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += packetBytes) {
        const packet = chunk.subarray(start, start + packetBytes);
        await lane(packet.length);
        onBytes(packet.length);
        later(() => to.writable && to.write(packet));
      }
    }
    later(() => to.end());
  } catch {
    later(() => to.destroy());
  }
}
