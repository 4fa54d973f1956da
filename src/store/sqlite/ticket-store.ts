// TicketStore over SQLite. A ticket stays readable for `retentionSeconds` after its end, so that a late
// page learns how it ended. An update is one transaction, so `change` runs once.
import type { Clock } from '../../clock.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { retentionSeconds, type TicketStore } from '../../core/ticket/ticket-store.ts';
import { fromStoredTicket, type StoredTicket, toStoredTicket } from '../stored-records.ts';
import { bodyOf, type Database, type Row } from './database.ts';
import type { SharedCommit } from './shared-commit.ts';

export function createTicketStore(database: Database, clock: Clock, share: SharedCommit): TicketStore {
  const ticketOf = (row: Row | null): Ticket | null => {
    const stored = bodyOf<StoredTicket>(row);
    return stored && fromStoredTicket(stored);
  };
  const find = (where: string, value: string): Ticket | null =>
    ticketOf(database.get(`SELECT body FROM tickets WHERE ${where} AND expires_at > ?`, value, clock()));

  return {
    async create(ticket) {
      const { id, interactionId, userCodeHash, endsAt } = ticket;
      const sql = 'INSERT INTO tickets (id, interaction_id, user_code, body, expires_at) VALUES (?, ?, ?, ?, ?)';
      database.run(
        sql,
        id,
        interactionId,
        userCodeHash,
        JSON.stringify(toStoredTicket(ticket)),
        endsAt + retentionSeconds,
      );
    },
    find: async (id) => find('id = ?', id),
    findByUserCode: async (userCodeHash) => find('user_code = ?', userCodeHash),
    async findByInteraction(interactionId) {
      const sql = 'SELECT body FROM tickets WHERE interaction_id = ? AND expires_at > ? ORDER BY rowid DESC LIMIT 1';
      return ticketOf(database.get(sql, interactionId, clock()));
    },
    update: async (id, change) =>
      database.transaction(() => {
        const current = find('id = ?', id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE tickets SET body = ? WHERE id = ?', JSON.stringify(toStoredTicket(next)), id);
        return next;
      }),
    // RFC 8628 §3.5: an early poll adds `addedSeconds` to the interval. One statement, so parallel polls
    // count too.
    async poll(id, { firstSeconds, addedSeconds }, now) {
      // `polls_at` is when the next poll is allowed. A poll that starts a new wait sets it to exactly
      // `poll_wait` from now. If less than that is left, the wait was already running, so this poll came
      // too early.
      const sql = `UPDATE tickets SET
          poll_wait = CASE WHEN polls_at > ?4 THEN poll_wait + ?3 ELSE coalesce(poll_wait, ?2) END,
          polls_at = CASE WHEN polls_at > ?4 THEN polls_at ELSE ?4 + coalesce(poll_wait, ?2) END
        WHERE id = ?1 AND expires_at > ?4
        RETURNING body, polls_at < ?4 + poll_wait AS is_early`;
      const row = await share(() => database.get(sql, id, firstSeconds, addedSeconds, now));
      const ticket = ticketOf(row);
      return ticket && { ticket, isEarly: row?.is_early === 1 };
    },
  };
}
