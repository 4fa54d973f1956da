// Finds one page of audit records, for any database: walks back from a position along the index of the most
// selective filter, in a bounded number of steps, and drops the records that the other filters exclude.
import type { AuditRecord } from '../core/audit/audit-record.ts';
import { type AuditPage, type AuditQuery, isRefusal } from '../core/audit/audit-store.ts';

/** A record with its position in the index, in a format that only the adapter reads. */
export type Located = { readonly record: AuditRecord; readonly position: string };
/**
 * Reads at most `count` records before the position, newest first. A null position means: from the newest
 * one.
 */
export type ReadBack = (position: string | null, count: number) => Promise<readonly Located[]>;

/** Bounds of one query: it reads at most about 4,500 records, and its page may then be short. */
const stepRecords = 500;
const maxSteps = 10;
/**
 * Clocks of nodes may differ, so records in the order of arrival are not exactly in the order of time. The
 * walk goes on until it is this far before `from`.
 */
const skewSeconds = 300;

/**
 * Returns up to `query.limit` records, newest first, and a cursor. A null cursor means that there are no
 * more; with a cursor the page may be short or empty.
 */
export async function findPage(query: AuditQuery, read: ReadBack): Promise<AuditPage> {
  const records: AuditRecord[] = [];
  let position = query.after ?? null;
  for (let step = 0; step < maxSteps; step++) {
    // Without further filters the first step fills the page; the extra record tells whether there are more.
    const count = step === 0 ? query.limit + 1 : stepRecords;
    const batch = await read(position, count);
    for (const located of batch) {
      if (records.length >= query.limit) return { records, cursor: position };
      if (isBeyondStart(located.record, query)) return { records, cursor: null };
      if (isMatch(located.record, query)) records.push(located.record);
      position = located.position;
    }
    if (batch.length < count) return { records, cursor: null };
  }
  return { records, cursor: position };
}

/** Separates the positions of two indexes. No position contains it. */
const between = '~';

/**
 * Reads two indexes as one, newest first. A position is that of both. Records of one second come from the
 * first index first.
 */
const mergeBack =
  (first: ReadBack, second: ReadBack): ReadBack =>
  async (position, count) => {
    let [ofFirst = '', ofSecond = ''] = (position ?? '').split(between);
    const [left, right] = (await Promise.all([first(ofFirst || null, count), second(ofSecond || null, count)])).map(
      (found) => [...found],
    ) as [Located[], Located[]];
    const merged: Located[] = [];
    while (merged.length < count && left.length + right.length > 0) {
      const isFirst = right[0] === undefined || (left[0] !== undefined && left[0].record.at >= right[0].record.at);
      const next = (isFirst ? left : right).shift();
      if (!next) break;
      if (isFirst) ofFirst = next.position;
      else ofSecond = next.position;
      merged.push({ record: next.record, position: `${ofFirst}${between}${ofSecond}` });
    }
    return merged;
  };

/**
 * Chooses where a query reads: the trail, the refusals, which are kept apart, or both. Refusals have neither
 * a ticket nor an account.
 */
export function chooseIndex(query: AuditQuery, trail: ReadBack, refusals: ReadBack): ReadBack {
  const { event, ticketId, correlationId, accountId } = query;
  if (query.isRefusal || (event !== undefined && isRefusal(event))) return refusals;
  const isOfTrail = [event, ticketId, correlationId, accountId].some((filter) => filter !== undefined);
  return isOfTrail ? trail : mergeBack(trail, refusals);
}

/** Returns true when no older record can match. */
const isBeyondStart = ({ at }: AuditRecord, { from }: AuditQuery): boolean =>
  from !== undefined && at < from - skewSeconds;

function isMatch(record: AuditRecord, { from, to, ...query }: AuditQuery): boolean {
  if (query.isRefusal && !isRefusal(record.event)) return false;
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
