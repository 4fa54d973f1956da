// Use-cases of last use: noted where a client signs somebody in or proves itself, written in the background, at most once a minute each.
// What is shown may therefore be a minute old, and a crash forgets that minute.
import type { Clock } from '../../clock.ts';
import type { Client } from './client.ts';
import type { ClientUse, ClientUseStore, UseToRecord } from './client-use-store.ts';

export type ClientUses = ReturnType<typeof createClientUses>;

export type ClientUsesDeps = {
  readonly store: ClientUseStore;
  readonly clock: Clock;
  /** What could not be written, for the log. */
  readonly onError: (error: unknown) => void;
};

const writeEveryMs = 1000;
const atMostEverySeconds = 60;
/** So many are remembered as written within the minute; beyond it some are written more often. */
const remembered = 20_000;

export function createClientUses({ store, clock, onError }: ClientUsesDeps) {
  const noted = new Map<string, number>();
  let waiting: UseToRecord[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function note(clientId: string, what: string): void {
    const [at, key] = [clock(), `${clientId} ${what}`];
    if (at - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < atMostEverySeconds) return;
    if (noted.size >= remembered) noted.clear();
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
    /** The client has just signed somebody in. */
    noteSignIn: (clientId: string): void => note(clientId, 'sign-in'),

    /** The client has just proved itself with this one of its secrets. */
    noteSecret: (clientId: string, hash: string): void => note(clientId, hash),

    /** One each, in their order; this node's own notes included. */
    async of(clientIds: readonly string[]): Promise<ClientUse[]> {
      await flush();
      return store.find(clientIds);
    },

    /** Writes every second; the timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(() => void flush(), writeEveryMs).unref();
    },

    /** Writes what is left. Safe to call twice. */
    stop(): Promise<void> {
      clearInterval(timer);
      return flush();
    },
  };
}

/** As administrators see a client, with when it and its secrets were last used. */
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

/** The latest of a client's uses: a sign-in, or a machine that proved itself. Null: none since this is kept. */
export function lastUsedAt(
  { secrets }: Pick<Client, 'secrets'>,
  { signedInAt, secretsUsedAt }: ClientUse,
): number | null {
  const instants = [signedInAt, ...secrets.map(({ hash }) => secretsUsedAt[hash] ?? null)].filter((at) => at !== null);
  return instants.length === 0 ? null : Math.max(...instants);
}
