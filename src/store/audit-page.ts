// How a page of audit records is found, whatever the database: walk back from a position along the narrowest index, in a bounded number
// of steps, and leave out what the other filters do not want.
import type { AuditRecord } from '../core/audit/audit-record.ts';
import type { AuditPage, AuditQuery } from '../core/audit/audit-store.ts';

/** A record, and where it stands in its index. */
export type Located = { readonly record: AuditRecord; readonly position: string };
/** At most `count` records that stand before the position, newest first; null: the newest. */
export type ReadBack = (position: string | null, count: number) => Promise<readonly Located[]>;

const stepRecords = 500;
const maxSteps = 10;
/** Nodes may disagree about the time; where records stand in the order they came, this far beyond `from` may still be something. */
const skewSeconds = 300;

/** @returns up to `limit` records, and from where to go on */
export async function findPage(query: AuditQuery, read: ReadBack): Promise<AuditPage> {
  const records: AuditRecord[] = [];
  let position = query.after ?? null;
  for (let step = 0; step < maxSteps; step++) {
    // Where nothing has to be left out, one step is enough.
    const count = step === 0 ? query.limit + 1 : stepRecords;
    const batch = await read(position, count);
    for (const located of batch) {
      if (records.length >= query.limit) return { records, cursor: position };
      if (isOver(located.record, query)) return { records, cursor: null };
      if (isSought(located.record, query)) records.push(located.record);
      position = located.position;
    }
    if (batch.length < count) return { records, cursor: null };
  }
  return { records, cursor: position };
}

const isOver = ({ at }: AuditRecord, { from }: AuditQuery): boolean => from !== undefined && at < from - skewSeconds;

function isSought(record: AuditRecord, { from, to, ...query }: AuditQuery): boolean {
  const isEqual = (wanted: string | undefined, found: string | null) => wanted === undefined || wanted === found;
  const isInTime = (from === undefined || record.at >= from) && (to === undefined || record.at <= to);
  return (
    isInTime &&
    isEqual(query.accountId, record.accountId) &&
    isEqual(query.clientId, record.clientId) &&
    isEqual(query.ticketId, record.ticketId) &&
    isEqual(query.correlationId, record.correlationId) &&
    isEqual(query.event, record.event)
  );
}
