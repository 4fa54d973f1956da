// Copies the configuration's clients into the store, so that lists, searches and other nodes see them. Each
// node also keeps them in memory (clients.ts), so that a sign-in reads none of them. Any number of nodes may
// apply at the same time: every step is atomic and happens once.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import type { Client } from './client.ts';
import { differenceOf } from './client-difference.ts';
import { entryOf } from './client-entry.ts';
import type { ClientStore } from './client-store.ts';

export type Difference = {
  readonly created: readonly string[];
  readonly changed: readonly { readonly id: string; readonly fields: readonly string[] }[];
  /** Removed from the configuration, and disabled because of pruning. */
  readonly disabled: readonly string[];
  /** Removed from the configuration, and still usable as last configured. */
  readonly gone: readonly string[];
  readonly unchanged: number;
};

export type ApplyDeps = {
  readonly store: ClientStore;
  /** The clients of the present configuration. */
  readonly configured: readonly Client[];
  /** Whether clients that were removed from the configuration are disabled. */
  readonly isPruning: boolean;
  readonly clock: Clock;
  /** Called once over all nodes for each change, right after it. */
  readonly record: (change: AppliedChange) => Promise<void>;
};

export type AppliedChange = {
  readonly event: 'client.created' | 'client.changed';
  readonly id: string;
  /** Before and after, by setting. */
  readonly difference: Readonly<Record<string, string>>;
};

const pageSize = 200;

export type CompareDeps = Omit<ApplyDeps, 'clock' | 'record'>;

/** Returns what `applyClients` would do; writes nothing. Reads every client of the store. */
export async function compareClients({ store, configured, isPruning }: CompareDeps): Promise<Difference> {
  const created: string[] = [];
  const changed: { id: string; fields: string[] }[] = [];
  for (const client of configured) {
    const present = await store.find(client.id);
    if (!present) created.push(client.id);
    else if (!isSame(present, client)) changed.push({ id: client.id, fields: changedFields(present, client) });
  }
  const gone = await findGone(store, configured);
  const unchanged = configured.length - created.length - changed.length;
  return { created, changed, disabled: isPruning ? gone : [], gone: isPruning ? [] : gone, unchanged };
}

/**
 * Creates and changes the configuration's clients in the store. A registered client with the same id is taken
 * over. With pruning, clients that were removed from the configuration are disabled; this reads every client
 * of the store.
 * @returns what this call changed; `gone` is empty
 * @throws StoreUnavailableError; applying again continues
 */
export async function applyClients(deps: ApplyDeps): Promise<Difference> {
  const { store, configured, isPruning } = deps;
  const created: string[] = [];
  const changed: { id: string; fields: string[] }[] = [];
  for (const client of configured) {
    const fields = await put(deps, client);
    if (fields === 'created') created.push(client.id);
    else if (fields.length > 0) changed.push({ id: client.id, fields });
  }
  const disabled: string[] = [];
  for (const id of isPruning ? await findGone(store, configured) : []) {
    if (await switchOff(deps, id)) disabled.push(id);
  }
  return { created, changed, disabled, gone: [], unchanged: configured.length - created.length - changed.length };
}

/** @returns the names of the changed settings; empty when the store had the same ones */
async function put({ store, clock, record }: ApplyDeps, client: Client): Promise<string[] | 'created'> {
  for (;;) {
    const present = await store.find(client.id);
    if (present && isSame(present, client)) return [];
    if (!present) {
      if (!(await store.create(client))) continue;
      await record({ event: 'client.created', id: client.id, difference: {} });
      return 'created';
    }
    let fields: string[] = [];
    let before = client;
    const updated = await store.update(client.id, (current) => {
      before = current;
      fields = changedFields(current, client);
      return fields.length === 0 ? current : over(current, client, clock());
    });
    // A registered client may have been deleted meanwhile.
    if (!updated) continue;
    const difference = () => ({ ...secretsOf(fields), ...differenceOf(before, updated) });
    if (fields.length > 0) await record({ event: 'client.changed', id: client.id, difference: difference() });
    return fields;
  }
}

/** @returns false when it was disabled already, or is not of the configuration */
async function switchOff({ store, clock, record }: ApplyDeps, id: string): Promise<boolean> {
  let isOurs = false;
  await store.update(id, (current) => {
    isOurs = isUsed(current);
    const now = clock();
    return isOurs ? { ...current, disabledAt: now, updatedAt: now, revision: current.revision + 1 } : current;
  });
  if (isOurs) await record({ event: 'client.changed', id, difference: { enabled: 'true -> false' } });
  return isOurs;
}

/** Digests are not recorded, only that secrets changed. */
const secretsOf = (fields: readonly string[]): Record<string, string> =>
  fields.includes('client_secret') ? { client_secret: 'others' } : {};

/** A client of the configuration that is enabled. */
const isUsed = ({ source, disabledAt }: Client): boolean => source === 'configuration' && disabledAt === null;

/** Finds clients of earlier configurations that the present one does not name. */
async function findGone(store: ClientStore, configured: readonly Client[]): Promise<string[]> {
  const ids = new Set(configured.map(({ id }) => id));
  const gone: string[] = [];
  for (let after: string | undefined; ; ) {
    const { clients, cursor } = await store.page({ after, limit: pageSize });
    gone.push(...clients.filter((client) => isUsed(client) && !ids.has(client.id)).map(({ id }) => id));
    if (cursor === null) return gone;
    after = cursor;
  }
}

/** Keeps the record's dates, including those of secrets that stay, and counts the revision. */
function over(current: Client, client: Client, now: number): Client {
  const known = new Map(current.secrets.map((secret) => [secret.hash, secret.createdAt]));
  const secrets = client.secrets.map((secret) => ({ ...secret, createdAt: known.get(secret.hash) ?? now }));
  return { ...client, secrets, createdAt: current.createdAt, updatedAt: now, revision: current.revision + 1 };
}

const isSame = (present: Client, client: Client): boolean => changedFields(present, client).length === 0;

/** Returns the changed settings, by the names of the configuration. */
function changedFields(present: Client, client: Client): string[] {
  const [before, after] = [comparable(present), comparable(client)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/** The client as JSON stores it, because that is what a store returns. */
const comparable = (client: Client): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({
      ...entryOf(client),
      source: client.source,
      enabled: client.disabledAt === null,
      client_secret: client.secrets.map(({ id, hash, expiresAt }) => [id, hash, expiresAt]),
    }),
  );
