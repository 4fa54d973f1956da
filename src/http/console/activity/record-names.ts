// The names of the accounts and clients that a page of audit records speaks of. Each id is looked up once.
// What was deleted keeps its id.
import type { Account } from '../../../core/account/account.ts';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { Client } from '../../../core/client/client.ts';
import { plainText } from '../../../plain-text.ts';
import { actorKindOf, type RecordNames } from './record-actor.ts';

export type RecordNamesDeps = {
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
};

/** How many look-ups run at the same time. */
const maxLookUpsAtOnce = 25;
const maxNameLength = 60;

/** @returns a function that looks up the ids in some records; `by` among those of its kind only */
export function createRecordNames({ findAccount, findClient }: RecordNamesDeps) {
  const username = async (id: string) => (await findAccount(id))?.username ?? null;
  const clientName = async (id: string) => {
    const client = await findClient(id);
    return client && (plainText(client.metadata.client_name, maxNameLength) || client.id);
  };

  return async (records: readonly AuditRecord[]): Promise<RecordNames> => {
    const byOf = (kind: string) =>
      records.flatMap((record) => (actorKindOf(record) === kind ? [String(record.facts.by)] : []));
    const accountIds = records.flatMap(({ accountId }) => accountId ?? []);
    const clientIds = records.flatMap(({ clientId }) => clientId ?? []);
    return {
      accounts: await lookUp([...accountIds, ...byOf('account')], username),
      clients: await lookUp([...clientIds, ...byOf('client')], clientName),
    };
  };
}

/** @returns the names that were found, by id */
async function lookUp(
  all: readonly string[],
  nameOf: (id: string) => Promise<string | null>,
): Promise<Map<string, string>> {
  const ids = [...new Set(all)];
  const names = new Map<string, string>();
  for (let start = 0; start < ids.length; start += maxLookUpsAtOnce) {
    const batch = ids.slice(start, start + maxLookUpsAtOnce);
    const found = await Promise.all(batch.map(nameOf));
    for (const [index, name] of found.entries()) if (name !== null) names.set(batch[index] ?? '', name);
  }
  return names;
}
