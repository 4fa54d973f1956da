// Measures complete QR sign-ins per second on one server process, beside plain code flows of a bare
// oidc-provider in the same run.
import { setTimeout } from 'node:timers/promises';
import { startRedisServer } from '../test/support/redis-server.ts';
import { cpuSeconds, type Served, startBare, startTessera } from './processes.ts';
import { plainWorker, qrWorker, signedInPhone } from './sign-ins.ts';
import { printTable } from './table.ts';

const concurrency = 8;

type Worker = { once(): Promise<void>; close(): unknown };
export type Load = { count(): number; stop(): Promise<void> };

/** Runs one sign-in after another in every worker until it is stopped. */
export function startLoad(workers: readonly Worker[]): Load {
  let count = 0;
  let isStopped = false;
  const runs = workers.map(async (worker) => {
    while (!isStopped) {
      await worker.once();
      count++;
    }
    worker.close();
  });
  const all = Promise.all(runs);
  // stop() reports the error. An unhandled rejection before that would end the process without a message.
  all.catch(() => undefined);
  return {
    count: () => count,
    async stop() {
      isStopped = true;
      await all;
    },
  };
}

export async function qrWorkers(server: Served, howMany: number): Promise<Worker[]> {
  const workers: Worker[] = [];
  for (let i = 0; i < howMany; i++) workers.push(qrWorker(server, await signedInPhone(server)));
  return workers;
}

async function rateOf(server: Served, workers: readonly Worker[], isQuick: boolean) {
  const load = startLoad(workers);
  // Long enough for V8 to compile the hot code of both sides.
  await setTimeout(isQuick ? 500 : 12_000);
  const [from, cpuFrom, startedAt] = [load.count(), await cpuSeconds(server.pid), performance.now()];
  await setTimeout(isQuick ? 1500 : 8000);
  const count = load.count() - from;
  const cpuMs = ((await cpuSeconds(server.pid)) - cpuFrom) * 1000;
  const perSecond = count / ((performance.now() - startedAt) / 1000);
  await load.stop();
  return { perSecond, cpuMsEach: cpuMs / count };
}

async function onTessera(env: Record<string, string>, isQuick: boolean) {
  const server = await startTessera(env);
  const rate = await rateOf(server, await qrWorkers(server, concurrency), isQuick);
  await server.stop();
  return rate;
}

export async function measureRate({ isQuick }: { isQuick: boolean }): Promise<object> {
  const server = await startBare('bare-provider.ts');
  const bare = await rateOf(
    server,
    Array.from({ length: concurrency }, () => plainWorker(server)),
    isQuick,
  );
  await server.stop();
  const sqlite = await onTessera({}, isQuick);
  const redis = await startRedisServer();
  const overRedis = await onTessera({ TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url }, isQuick);
  await redis.stop();
  const row = (name: string, { perSecond, cpuMsEach }: typeof bare) => [
    name,
    perSecond.toFixed(0),
    (perSecond / bare.perSecond).toFixed(2),
    cpuMsEach.toFixed(1),
  ];
  printTable(
    `Sign-ins a second, one process, ${concurrency} at once`,
    ['', 'a second', 'ratio', 'CPU ms each'],
    [
      row('plain code flow, bare oidc-provider in memory (4 requests)', bare),
      row('QR sign-in, SQLite (8 requests)', sqlite),
      row('QR sign-in, Redis (8 requests)', overRedis),
    ],
  );
  return { concurrency, bare, sqlite, redis: overRedis };
}
