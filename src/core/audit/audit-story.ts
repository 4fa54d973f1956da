// One sign-in's whole story: what happened to its ticket, and what else happened in the same authorization request, such as a code before
// this one, a password tried meanwhile, or the code that the relying party redeemed.
import type { AuditRecord } from './audit-record.ts';
import type { AuditQuery, AuditStore } from './audit-store.ts';

/** More than a sign-in ever has; somebody who makes more of it sees the last ones. */
const longest = 300;

/** Oldest first. */
export async function storyOf(store: Pick<AuditStore, 'query'>, ticketId: string): Promise<AuditRecord[]> {
  const find = (query: Partial<AuditQuery>) => findAll(store, query);
  const own = await find({ ticketId });
  const correlationId = own.find((record) => record.correlationId !== null)?.correlationId;
  const others = correlationId ? await find({ correlationId }) : [];
  const all = [...own, ...others.filter((record) => record.ticketId !== ticketId)];
  // Stable: within one second, and in each of the two, as it was recorded.
  return all.sort((a, b) => a.at - b.at);
}

async function findAll(store: Pick<AuditStore, 'query'>, query: Partial<AuditQuery>): Promise<AuditRecord[]> {
  const { records } = await store.query({ ...query, limit: longest });
  return records.reverse();
}
