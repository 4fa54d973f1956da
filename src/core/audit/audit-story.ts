// The story of one sign-in: the records of its ticket, and other records of the same authorization request,
// such as earlier tickets, passwords that were tried, and the code that the relying party redeemed.
import type { AuditRecord } from './audit-record.ts';
import type { AuditQuery, AuditStore } from './audit-store.ts';

/** More records than a sign-in normally has. When there are more, the newest ones are returned. */
const maxRecords = 300;

/** Returns the records of a story, oldest first; empty when the ticket is unknown. */
export async function storyOf(store: Pick<AuditStore, 'query'>, ticketId: string): Promise<AuditRecord[]> {
  const find = (query: Partial<AuditQuery>) => findAll(store, query);
  const own = await find({ ticketId });
  const correlationId = own.find((record) => record.correlationId !== null)?.correlationId;
  const others = correlationId ? await find({ correlationId }) : [];
  const all = [...own, ...others.filter((record) => record.ticketId !== ticketId)];
  // The sort is stable, so records of one second keep the order in which they were appended.
  return all.sort((a, b) => a.at - b.at);
}

async function findAll(store: Pick<AuditStore, 'query'>, query: Partial<AuditQuery>): Promise<AuditRecord[]> {
  const { records } = await store.query({ ...query, limit: maxRecords });
  return records.reverse();
}
