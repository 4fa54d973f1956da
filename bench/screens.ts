// Measures what a waiting screen costs: memory and processor of a server that holds thousands of event
// streams, beside a bare Node server.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { cpuSeconds, end, residentBytes, type Served, startBare, startNode, startTessera } from './processes.ts';
import { openPage } from './sign-ins.ts';
import { createSocketClient } from './socket-client.ts';
import { printTable } from './table.ts';

type Stream = { path: string; cookie: string };
const warmUpStreams = 100;

type Report = { frames: number; closed: number };

/** Starts interactions through the public interface, each with its page and ticket. */
async function openInteractions({ port }: Served, howMany: number): Promise<Stream[]> {
  const streams: Stream[] = [];
  const run = async (): Promise<void> => {
    const client = createSocketClient(port);
    while (streams.length < howMany) {
      const { jar, base } = await openPage(client);
      streams.push({ path: `${base}/events`, cookie: jar.header() });
    }
    client.close();
  };
  await Promise.all(Array.from({ length: 8 }, run));
  return streams.slice(0, howMany);
}

async function tell(client: ChildProcess, message: object | string): Promise<Report> {
  const answer = once(client, 'message');
  client.send(message);
  const [report] = await answer;
  return report as Report;
}

/**
 * Returns the smallest of several readings after garbage collection, because garbage is no cost of a
 * screen.
 */
async function settledBytes(pid: number, seconds: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < seconds * 2; i++) {
    process.kill(pid, 'SIGUSR2');
    await setTimeout(500);
    least = Math.min(least, await residentBytes(pid));
  }
  return least;
}

async function hold(server: Served, streams: readonly Stream[], isQuick: boolean) {
  const { port, pid } = server;
  const client = startNode(['bench/stream-client.ts'], {});
  // The first streams make the server load and compile code, so they are not counted on either side.
  await tell(client, { port, streams: streams.slice(0, warmUpStreams) });
  await setTimeout(isQuick ? 1000 : 6000);
  const before = await settledBytes(pid, isQuick ? 1 : 5);
  await tell(client, { port, streams: streams.slice(warmUpStreams) });
  await setTimeout(isQuick ? 1000 : 6000);
  const [cpuFrom, from, startedAt] = [await cpuSeconds(pid), await tell(client, 'report'), performance.now()];
  await setTimeout(isQuick ? 5500 : 20_000);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuShare = ((await cpuSeconds(pid)) - cpuFrom) / seconds;
  const { frames, closed } = await tell(client, 'report');
  const after = await settledBytes(pid, isQuick ? 1 : 5);
  await end(client);
  if (closed > 0) throw new Error(`${closed} streams were closed`);
  const framesPerStream = (frames - from.frames) / streams.length;
  return { kibEach: (after - before) / (streams.length - warmUpStreams) / 1024, cpuShare, seconds, framesPerStream };
}

async function onTessera(howMany: number, isQuick: boolean) {
  const server = await startTessera({ TESSERA_TICKET_PENDING_SECONDS: '600' });
  const streams = await openInteractions(server, howMany);
  // Memory that is freed after making the interactions would hide what their streams take.
  await server.restart();
  const result = await hold(server, streams, isQuick);
  await server.stop();
  return result;
}

async function onBare(howMany: number, isQuick: boolean) {
  const server = await startBare('bare-streams.ts');
  const streams = Array.from({ length: howMany }, () => ({ path: '/events', cookie: '' }));
  const result = await hold(server, streams, isQuick);
  await server.stop();
  return result;
}

export async function measureScreens({ isQuick }: { isQuick: boolean }): Promise<object> {
  const results: Record<string, object> = {};
  const rows: string[][] = [];
  for (const howMany of isQuick ? [200] : [2000, 10_000]) {
    const bare = await onBare(howMany, isQuick);
    const tessera = await onTessera(howMany, isQuick);
    results[howMany] = { bare, tessera, memoryRatio: tessera.kibEach / bare.kibEach };
    for (const [name, figures] of Object.entries({ 'bare Node server': bare, Tessera: tessera })) {
      const { kibEach, cpuShare } = figures;
      const ratio = (kibEach / bare.kibEach).toFixed(2);
      rows.push([howMany.toLocaleString('en'), name, kibEach.toFixed(1), ratio, `${(cpuShare * 100).toFixed(1)} %`]);
    }
  }
  printTable(
    'Waiting screens, each with its own stream and a new frame every 5 s',
    ['screens', 'server', 'KiB each', 'ratio', 'of a core'],
    rows,
  );
  return results;
}
