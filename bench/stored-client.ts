// What a client costs at a sign-in when it is kept in the database, beside one of the configuration: processor milliseconds of the server.
import { setTimeout } from 'node:timers/promises';
import { cpuSeconds, type Served } from './processes.ts';
import { startLoad } from './rate.ts';
import { clientId } from './seed.ts';
import { type Phone, qrWorker, signedInPhone } from './sign-ins.ts';

const ids = { configured: 'dev-public', stored: clientId(7) };
const howMany = 4;

/** In short turns, so that a noisy moment meets both. */
export async function signInCosts(server: Served, isQuick: boolean): Promise<{ configured: number; stored: number }> {
  const phones: Phone[] = [];
  for (let i = 0; i < howMany; i++) phones.push(await signedInPhone(server));
  const [rounds, turnMs] = isQuick ? [2, 500] : [5, 900];
  const spent = { configured: { cpuMs: 0, count: 0 }, stored: { cpuMs: 0, count: 0 } };
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? (['configured', 'stored'] as const) : (['stored', 'configured'] as const);
    for (const kind of order) {
      const { cpuMs, count } = await measureTurn(server, phones, ids[kind], turnMs);
      // The first round pays for compiling.
      if (round < 0) continue;
      spent[kind].cpuMs += cpuMs;
      spent[kind].count += count;
    }
  }
  const each = ({ cpuMs, count }: typeof spent.stored) => cpuMs / count;
  return { configured: each(spent.configured), stored: each(spent.stored) };
}

async function measureTurn(server: Served, phones: readonly Phone[], id: string, turnMs: number) {
  const load = startLoad(phones.map((phone) => qrWorker(server, phone, id)));
  await setTimeout(100);
  const [from, cpuFrom] = [load.count(), await cpuSeconds(server.pid)];
  await setTimeout(turnMs);
  const turn = { count: load.count() - from, cpuMs: ((await cpuSeconds(server.pid)) - cpuFrom) * 1000 };
  await load.stop();
  return turn;
}
