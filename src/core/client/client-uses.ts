// Use-cases of last use: noted when a client signs somebody in or authenticates, and written in the
// background, at most once a minute each. So the shown times may be a minute old, and a crash loses that
// minute.
import type { Clock } from '../../clock.ts';
import type { Client } from './client.ts';
import {
  type ClientUse,
  type ClientUseStore,
  type SignInProtection,
  type UseToRecord,
  useOfProtection,
} from './client-use-store.ts';

export type ClientUses = ReturnType<typeof createClientUses>;

export type ClientUsesDeps = {
  readonly store: ClientUseStore;
  readonly clock: Clock;
  /** Called with errors of the store, for the log. */
  readonly onError: (error: unknown) => void;
};

const writeEveryMs = 1000;
/** A use is written at most once in this many seconds. */
const minIntervalSeconds = 60;
/** How many recent writes are maxRemembered. With more clients some uses are written more often. */
const maxRemembered = 20_000;

export function createClientUses({ store, clock, onError }: ClientUsesDeps) {
  const noted = new Map<string, number>();
  let waiting: UseToRecord[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function note(clientId: string, what: string): void {
    const [at, key] = [clock(), `${clientId} ${what}`];
    if (at - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < minIntervalSeconds) return;
    if (noted.size >= maxRemembered) noted.clear();
    noted.set(key, at);
    waiting.push({ clientId, what, at });
  }

  function flush(): Promise<void> {
    const uses = waiting;
    if (uses.length === 0) return writing;
    waiting = [];
    writing = writing.then(() => store.record(uses)).catch(onError);
    return writing;
  }

  return {
    /** The client has just signed somebody in. @param protection null for a screen, which has no code */
    noteSignIn(clientId: string, protection: SignInProtection | null): void {
      note(clientId, 'sign-in');
      if (protection) note(clientId, useOfProtection(protection));
    },

    /** The client has just authenticated with this secret. */
    noteSecret: (clientId: string, hash: string): void => note(clientId, hash),

    /** Returns one entry per id, in the same order, including what this node has not written yet. */
    async of(clientIds: readonly string[]): Promise<ClientUse[]> {
      await flush();
      return store.find(clientIds);
    },

    /** Writes every second. The timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(() => void flush(), writeEveryMs).unref();
    },

    /** Writes what is left. May be called twice. */
    stop(): Promise<void> {
      clearInterval(timer);
      return flush();
    },
  };
}

/** Adds last uses to the published JSON of a client. */
export const withUse = <Described extends { readonly secrets: readonly object[] }>(
  described: Described,
  client: Client,
  use: ClientUse,
) => ({
  ...described,
  last_used_at: lastUsedAt(client, use),
  secrets: described.secrets.map((secret, index) => ({
    ...secret,
    last_used_at: use.secretsUsedAt[client.secrets[index]?.hash ?? ''] ?? null,
  })),
});

/** The latest sign-in or use of a secret, in epoch seconds. Null when none was recorded. */
export function lastUsedAt(
  { secrets }: Pick<Client, 'secrets'>,
  { signedInAt, secretsUsedAt }: ClientUse,
): number | null {
  const instants = [signedInAt, ...secrets.map(({ hash }) => secretsUsedAt[hash] ?? null)].filter((at) => at !== null);
  return instants.length === 0 ? null : Math.max(...instants);
}
