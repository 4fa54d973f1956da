// Measures the processor milliseconds of two kinds of sign-in: a stored client beside a configured one, and
// an approval by passkey beside one by tap.
import { setTimeout } from 'node:timers/promises';
import { cpuSeconds, type Served } from './processes.ts';
import { startLoad } from './rate.ts';
import { type Phone, qrWorker } from './sign-ins.ts';

/** One kind of sign-in: the phone, and what it changes in the authorization request. */
export type Kind = { readonly phones: readonly Phone[]; readonly change: Record<string, string> };

/**
 * Measures both kinds in short turns, so that a noisy moment affects both.
 * @returns processor milliseconds of one sign-in of each kind
 */
export async function compareCosts(
  server: Served,
  kinds: readonly [Kind, Kind],
  isQuick: boolean,
): Promise<[number, number]> {
  const [rounds, turnMs] = isQuick ? [2, 500] : [5, 900];
  const spent = kinds.map((kind) => ({ kind, cpuMs: 0, count: 0 }));
  for (let round = -1; round < rounds; round++) {
    for (const each of round % 2 === 0 ? spent : [...spent].reverse()) {
      const { cpuMs, count } = await measureTurn(server, each.kind, turnMs);
      // The first round includes compiling, so it is not counted.
      if (round < 0) continue;
      each.cpuMs += cpuMs;
      each.count += count;
    }
  }
  const [first = Number.NaN, second = Number.NaN] = spent.map(({ cpuMs, count }) => cpuMs / count);
  return [first, second];
}

async function measureTurn(server: Served, { phones, change }: Kind, turnMs: number) {
  const load = startLoad(phones.map((phone) => qrWorker(server, phone, change)));
  await setTimeout(100);
  const [from, cpuFrom] = [load.count(), await cpuSeconds(server.pid)];
  await setTimeout(turnMs);
  const turn = { count: load.count() - from, cpuMs: ((await cpuSeconds(server.pid)) - cpuFrom) * 1000 };
  await load.stop();
  return turn;
}
