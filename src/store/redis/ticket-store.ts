// TicketStore over Redis: one JSON string per ticket and one pointer per look-up, all with the same TTL.
// The TTL ends `retentionSeconds` after the ticket, so that a late page learns how it ended.
import type { Clock } from '../../clock.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { retentionSeconds, type TicketStore } from '../../core/ticket/ticket-store.ts';
import { fromStoredTicket, type StoredTicket, storedChange, toStoredTicket } from '../stored-records.ts';
import type { Connection } from './connection.ts';
import { keyCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

export function createTicketStore(deps: { connection: Connection; keys: Keys; clock: Clock }): TicketStore {
  const { connection, keys, clock } = deps;
  const isKept = (ticket: StoredTicket): boolean => ticket.endsAt + retentionSeconds > clock();

  function ticketOf(raw: string | null): Ticket | null {
    const stored = parseDocument<StoredTicket>(raw);
    return stored && isKept(stored) ? fromStoredTicket(stored) : null;
  }

  async function find(id: string): Promise<Ticket | null> {
    return ticketOf(await connection.run((redis) => redis.get(keys.ticket(id))));
  }

  /** Follows a pointer. It may be stale, so `isSought` verifies the ticket. */
  async function findBy(pointer: string, isSought: (ticket: Ticket) => boolean): Promise<Ticket | null> {
    const id = await connection.run((redis) => redis.get(pointer));
    const ticket = id === null ? null : await find(id);
    return ticket && isSought(ticket) ? ticket : null;
  }

  return {
    async create(ticket) {
      const ttl = ttlUntil(ticket.endsAt + retentionSeconds, clock());
      await connection.run((redis) =>
        Promise.all([
          redis.set(keys.ticket(ticket.id), JSON.stringify(toStoredTicket(ticket)), 'EX', ttl),
          redis.set(keys.ticketByUserCode(ticket.userCodeHash), ticket.id, 'EX', ttl),
          redis.set(keys.ticketByInteraction(ticket.interactionId), ticket.id, 'EX', ttl),
          ticket.screen && redis.set(keys.ticketPolls(ticket.id), '0 0', 'EX', ttl),
        ]),
      );
    },
    find,
    findByUserCode: (userCodeHash) =>
      findBy(keys.ticketByUserCode(userCodeHash), (ticket) => ticket.userCodeHash === userCodeHash),
    findByInteraction: (interactionId) =>
      findBy(keys.ticketByInteraction(interactionId), (ticket) => ticket.interactionId === interactionId),
    async update(id, change) {
      const changeStored = storedChange(fromStoredTicket, change, toStoredTicket);
      const stored = await updateDocument(keyCell(connection, keys.ticket(id)), changeStored, isKept);
      return stored && fromStoredTicket(stored);
    },
    // The pace is a key of its own, so that polling never competes with changes of the ticket.
    async poll(id, { firstSeconds, addedSeconds }, now) {
      const [raw, isEarly] = await connection.run((redis) =>
        Promise.all([
          redis.get(keys.ticket(id)),
          redis.keepPace(keys.ticketPolls(id), firstSeconds, addedSeconds, now),
        ]),
      );
      const ticket = ticketOf(raw);
      return ticket && { ticket, isEarly: isEarly === 1 };
    },
  };
}
