// The audit trail as JSON Lines (jsonlines.org), for systems that collect it. Console, administration API and
// command line export the same lines.
import { setImmediate } from 'node:timers/promises';
import type { AuditRecord } from './audit-record.ts';
import type { AuditQuery, AuditStore } from './audit-store.ts';

const pageRecords = 500;

/** The record under the names of the administration API. */
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
 * Yields pages of lines, newest first. The next page is read only when the last one was taken, so that a slow
 * reader delays nobody else.
 * @throws StoreUnavailableError
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
    // When nothing matches, no reader is awaited. This lets other requests run between two pages.
    await setImmediate();
  }
}
