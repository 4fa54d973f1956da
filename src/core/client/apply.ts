// The configuration's clients, brought into the store, so that lists, searches and other nodes see them. On a node they stay in memory as
// well (clients.ts), so that a sign-in reads none of them. Any number of nodes may apply at once: each step is atomic, and is done once.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import type { Client } from './client.ts';
import { differenceOf } from './client-difference.ts';
import { entryOf } from './client-entry.ts';
import type { ClientStore } from './client-store.ts';

export type Difference = {
  readonly created: readonly string[];
  readonly changed: readonly { readonly id: string; readonly fields: readonly string[] }[];
  /** Gone from the configuration, and switched off for it. */
  readonly disabled: readonly string[];
  /** Gone from the configuration, and usable as they last stood there. */
  readonly gone: readonly string[];
  readonly unchanged: number;
};

export type ApplyDeps = {
  readonly store: ClientStore;
  /** What the configuration says now. */
  readonly configured: readonly Client[];
  /** Whether those that are gone from it are switched off. */
  readonly isPruning: boolean;
  readonly clock: Clock;
  /** Told of each change, once over all nodes, as soon as it is made. */
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

/** What `applyClients` would do, with those that are gone; writes nothing. Reads every client of the store. */
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
 * Creates and changes the configuration's clients in the store, taking over what was registered under the same id, and switches off
 * those that are gone from it when pruning, which reads every client of the store.
 * @returns what this call did itself; `gone` stays empty. @throws StoreUnavailableError; applying again goes on.
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

/** @returns the names of what it changed; none when the store said the same already. */
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
    // It may have been deleted meanwhile, if it was a registered one.
    if (!updated) continue;
    const difference = () => ({ ...secretsOf(fields), ...differenceOf(before, updated) });
    if (fields.length > 0) await record({ event: 'client.changed', id: client.id, difference: difference() });
    return fields;
  }
}

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

/** A digest says nothing to anybody; that there are others does. */
const secretsOf = (fields: readonly string[]): Record<string, string> =>
  fields.includes('client_secret') ? { client_secret: 'others' } : {};

const isUsed = ({ source, disabledAt }: Client): boolean => source === 'configuration' && disabledAt === null;

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

/** The record goes on: its dates, also of secrets that stay, and its count of revisions. */
function over(current: Client, client: Client, now: number): Client {
  const known = new Map(current.secrets.map((secret) => [secret.hash, secret.createdAt]));
  const secrets = client.secrets.map((secret) => ({ ...secret, createdAt: known.get(secret.hash) ?? now }));
  return { ...client, secrets, createdAt: current.createdAt, updatedAt: now, revision: current.revision + 1 };
}

const isSame = (present: Client, client: Client): boolean => changedFields(present, client).length === 0;

/** By the names under which they are written. */
function changedFields(present: Client, client: Client): string[] {
  const [before, after] = [comparable(present), comparable(client)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/** As JSON keeps it, for that is what comes back from a store. */
const comparable = (client: Client): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({
      ...entryOf(client),
      source: client.source,
      enabled: client.disabledAt === null,
      client_secret: client.secrets.map(({ id, hash, expiresAt }) => [id, hash, expiresAt]),
    }),
  );
