// Removes refusals that are older than a week from their streams. Redis expires whole keys only: a stream to
// which something is appended now and then never expires, and an append trims only the streams that it
// writes to. No reader depends on the sweep, since readers compare the time themselves (audit-store.ts).
import { refusalKeptSeconds } from '../../core/audit/audit-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

const everySeconds = 600;
/** Clients whose streams are trimmed in one round trip. */
const batchClients = 200;

/** What the sweep needs of the store. */
export type RefusalSweepDeps = { readonly connection: Pick<Connection, 'run'>; readonly keys: Keys };

/**
 * Sweeps once: the stream of all, and those of the clients that had a refusal within the week. Streams of
 * other clients have expired as a whole. Several nodes may sweep at once.
 * @throws StoreUnavailableError
 */
export async function sweepRefusals({ connection: { run }, keys }: RefusalSweepDeps): Promise<void> {
  const [seconds] = await run((redis) => redis.time());
  const oldest = String((Number(seconds) - refusalKeptSeconds) * 1000);
  const trim = (key: string) => run((redis) => redis.xtrim(key, 'MINID', '=', oldest));
  await trim(keys.refusals);
  for (let first = 0; ; first += batchClients) {
    const clients = await run((redis) =>
      redis.zrange(keys.clientsWithRefusals, String(first), String(first + batchClients - 1)),
    );
    await Promise.all(clients.map((clientId) => trim(keys.refusalsOfClient(clientId))));
    if (clients.length < batchClients) return;
  }
}

/**
 * Starts the sweep, every 10 minutes. Its timer does not keep the process alive. While the server is away
 * nothing is removed, and the next round finds the same refusals again.
 */
export function startRefusalSweep(deps: RefusalSweepDeps): { stop(): void } {
  const timer = setInterval(() => void sweepRefusals(deps).catch(() => undefined), everySeconds * 1000).unref();
  return { stop: () => clearInterval(timer) };
}
