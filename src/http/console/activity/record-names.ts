// Who and what a page of audit records speaks of, by name: each id looked up once, so many at a time. What is deleted keeps its id.
import type { Account } from '../../../core/account/account.ts';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { Client } from '../../../core/client/client.ts';
import { plainText } from '../../../plain-text.ts';
import { actorKindOf, type RecordNames } from './record-actor.ts';

export type RecordNamesDeps = {
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
};

const lookUpsAtOnce = 25;
const longestName = 60;

/** Of at most the ids that stand in these records; `by` only among what it is. */
export function createRecordNames({ findAccount, findClient }: RecordNamesDeps) {
  const username = async (id: string) => (await findAccount(id))?.username ?? null;
  const clientName = async (id: string) => {
    const client = await findClient(id);
    return client && (plainText(client.metadata.client_name, longestName) || client.id);
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

async function lookUp(
  all: readonly string[],
  nameOf: (id: string) => Promise<string | null>,
): Promise<Map<string, string>> {
  const ids = [...new Set(all)];
  const names = new Map<string, string>();
  for (let start = 0; start < ids.length; start += lookUpsAtOnce) {
    const batch = ids.slice(start, start + lookUpsAtOnce);
    const found = await Promise.all(batch.map(nameOf));
    for (const [index, name] of found.entries()) if (name !== null) names.set(batch[index] ?? '', name);
  }
  return names;
}
