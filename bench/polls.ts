// Measures screens that poll the token endpoint until somebody approves (RFC 8628): 10,000 screens every 5
// s, and the highest rate that one process answers, beside the device flow of a bare oidc-provider in the
// same run.
import { setTimeout } from 'node:timers/promises';
import { startRedisServer } from '../test/support/redis-server.ts';
import { beginScreens, intervalMs, type Polled, pollAll, pollSteadily, type Screens } from './poll-load.ts';
import { cpuSeconds, type Served, startBare, startTessera } from './processes.ts';
import { percentile, printTable } from './table.ts';

type Candidate = { readonly name: string; readonly server: Served; readonly screens: Screens };
/** The fields named `…Share` are shares of one core. */
type Figures = {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsEach: number;
  readonly serverShare: number;
  readonly loadShare: number;
};

/** @throws Error when anything but "authorization_pending" was answered */
async function measure({ name, server }: Candidate, run: () => Promise<Polled>): Promise<Figures> {
  const [cpuFrom, loadFrom] = [await cpuSeconds(server.pid), process.cpuUsage()];
  const { ms, seconds, others } = await run();
  const load = process.cpuUsage(loadFrom);
  const cpu = (await cpuSeconds(server.pid)) - cpuFrom;
  if (others.size > 0) throw new Error(`${name} answered otherwise: ${JSON.stringify([...others])}`);
  return {
    count: ms.length,
    perSecond: ms.length / seconds,
    p50Ms: percentile(ms, 0.5),
    p99Ms: percentile(ms, 0.99),
    cpuMsEach: (cpu * 1000) / ms.length,
    serverShare: cpu / seconds,
    loadShare: (load.user + load.system) / 1e6 / seconds,
  };
}

/**
 * Measures the candidates in turns, so that a noisy moment affects all. While others have their turn, a
 * candidate's screens keep their polling interval.
 */
async function measureMost(candidates: readonly Candidate[], rounds: number): Promise<Figures[]> {
  const taken = candidates.map((): Figures[] => []);
  const restedAt = candidates.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      await setTimeout(Math.max(0, (restedAt[i] ?? 0) - performance.now()));
      taken[i]?.push(await measure(candidate, () => pollAll(candidate.server, candidate.screens)));
      restedAt[i] = performance.now() + intervalMs;
    }
  }
  return taken.map(middleOf);
}

/** Returns the round with the median rate. */
function middleOf(rounds: readonly Figures[]): Figures {
  const middle = percentile(
    rounds.map(({ perSecond }) => perSecond),
    0.5,
  );
  const found = rounds.find(({ perSecond }) => perSecond === middle);
  if (!found) throw new Error('nothing was measured');
  return found;
}

/** Measures the same figures at the pace of the screens. */
async function measureSteady(candidate: Candidate, rounds: number): Promise<Figures> {
  const { server, screens } = candidate;
  await pollSteadily(server, screens, 1);
  return measure(candidate, () => pollSteadily(server, screens, rounds));
}

export async function measurePolls({ isQuick }: { isQuick: boolean }): Promise<object> {
  const howMany = isQuick ? 500 : 10_000;
  const redis = await startRedisServer();
  const proxied = { TESSERA_HTTP_TRUSTED_PROXIES: '127.0.0.1' };
  const starts = {
    'bare oidc-provider in memory': () => startBare('bare-devices.ts'),
    'Tessera, SQLite': () => startTessera(proxied),
    'Tessera, Redis': () => startTessera({ ...proxied, TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url }),
  };
  const names = Object.keys(starts);
  const servers: Served[] = [];
  for (const start of Object.values(starts)) servers.push(await start());
  // A code lives for five minutes, so each part of the run has its own screens.
  const withScreens = async (server: Served, i: number): Promise<Candidate> => ({
    name: names[i] ?? '',
    server,
    screens: await beginScreens(server, howMany),
  });
  const steady: Figures[] = [];
  for (const [i, server] of servers.entries())
    steady.push(await measureSteady(await withScreens(server, i), isQuick ? 1 : 2));
  const candidates: Candidate[] = [];
  for (const [i, server] of servers.entries()) candidates.push(await withScreens(server, i));
  const most = await measureMost(candidates, isQuick ? 1 : 5);
  for (const server of servers) await server.stop();
  await redis.stop();

  show(`${howMany} screens, each every ${intervalMs / 1000} s`, names, steady);
  show(`As many polls as one process answers, ${howMany} screens`, names, most);
  const named = (all: readonly Figures[]) => Object.fromEntries(names.map((name, i) => [name, all[i]]));
  return { devices: howMany, steady: named(steady), most: named(most) };
}

/** Names the side that used a whole core. `neither`: other processes of the machine used it. */
const saturatedSide = ({ serverShare, loadShare }: Figures): string => {
  if (Math.max(serverShare, loadShare) < 0.9) return 'neither';
  return serverShare > loadShare ? 'server' : 'load';
};

function show(title: string, names: readonly string[], all: readonly Figures[]): void {
  const [first] = all;
  if (!first) return;
  const share = (of: number) => `${(of * 100).toFixed(0)} %`;
  printTable(
    title,
    [
      '',
      'a second',
      'ratio',
      'CPU ms each',
      'ratio',
      'median',
      '99th percentile',
      'of a core: server',
      'load',
      'saturated',
    ],
    all.map((each, i) => [
      names[i] ?? '',
      each.perSecond.toFixed(0),
      (each.perSecond / first.perSecond).toFixed(2),
      each.cpuMsEach.toFixed(3),
      (first.cpuMsEach / each.cpuMsEach).toFixed(2),
      `${each.p50Ms.toFixed(1)} ms`,
      `${each.p99Ms.toFixed(1)} ms`,
      share(each.serverShare),
      share(each.loadShare),
      saturatedSide(each),
    ]),
  );
}
