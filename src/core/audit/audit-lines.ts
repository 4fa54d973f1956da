// The audit trail as JSON Lines (jsonlines.org), for whoever carries it elsewhere: by console, API and command line the same lines.
import { setImmediate } from 'node:timers/promises';
import type { AuditRecord } from './audit-record.ts';
import type { AuditQuery, AuditStore } from './audit-store.ts';

const pageRecords = 500;

/** By the names of the API. */
export const describeRecord = (record: AuditRecord) => ({
  at: record.at,
  event: record.event,
  ticket_id: record.ticketId,
  correlation_id: record.correlationId,
  account_id: record.accountId,
  client_id: record.clientId,
  device_id: record.deviceId,
  address: record.address,
  facts: record.facts,
});

/**
 * Newest first, a page of lines at a time; the next page is read when the last one was taken, so that a slow reader holds up nothing but
 * itself. @throws StoreUnavailableError
 */
export async function* auditLines(
  store: Pick<AuditStore, 'query'>,
  query: Omit<AuditQuery, 'limit' | 'after'>,
): AsyncGenerator<string> {
  for (let after: string | undefined; ; ) {
    const { records, cursor } = await store.query({ ...query, after, limit: pageRecords });
    if (records.length > 0) yield records.map((record) => `${JSON.stringify(describeRecord(record))}\n`).join('');
    if (cursor === null) return;
    after = cursor;
    // Where nothing is found there is nobody to wait for; others have their turn here.
    await setImmediate();
  }
}
