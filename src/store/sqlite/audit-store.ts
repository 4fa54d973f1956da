// AuditStore over SQLite. Every index is ordered by time, and within a second by the number of the row. A
// cursor is `<at>.<number>` of the last record that was read. Refusals have a table of their own.
import type { Clock } from '../../clock.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import { type AuditQuery, type AuditStore, isRefusal, refusalKeptSeconds } from '../../core/audit/audit-store.ts';
import { chooseIndex, findPage, type Located, type ReadBack } from '../audit-page.ts';
import type { AddressKeeping } from './address-keeping.ts';
import { bodiesOf, type Database, type Row } from './database.ts';

export function createAuditStore(
  database: Database,
  clock: Clock,
  { ofRecord }: Pick<AddressKeeping, 'ofRecord'>,
): AuditStore {
  /** Reads backwards along the index that `mostSelective` chooses. */
  const readBack =
    (query: AuditQuery): ReadBack =>
    async (position, count) => {
      const [column, value] = mostSelective(query);
      const [at, number] = position === null ? [query.to ?? latest, latest] : parsePosition(position);
      const sql = `SELECT number, at, body FROM audit WHERE ${column} = ? AND (at, number) < (?, ?)
        ORDER BY at DESC, number DESC LIMIT ?`;
      return database.all(sql, value, at, number, count).map(locate);
    };

  /** Reads refusals backwards, of one client or of all. */
  const readRefusals =
    ({ clientId, to }: AuditQuery): ReadBack =>
    async (position, count) => {
      const [column, value] = clientId === undefined ? ['1', 1] : ['client_id', clientId];
      const [at, number] = position === null ? [to ?? latest, latest] : parsePosition(position);
      const sql = `SELECT number, at, body FROM refusals
        WHERE ${column} = ? AND (at, number) < (?, ?) AND expires_at > ? ORDER BY at DESC, number DESC LIMIT ?`;
      return database.all(sql, value, at, number, clock(), count).map(locate);
    };

  const recordsOf = (rows: Row[]): AuditRecord[] => bodiesOf<AuditRecord>(rows).map(ofRecord);
  const locate = ({ at, number, body }: Row): Located => ({
    record: ofRecord(JSON.parse(String(body)) as AuditRecord),
    position: `${at}.${number}`,
  });

  return {
    async append(record) {
      const { at, ticketId, correlationId, accountId, clientId } = record;
      if (isRefusal(record.event)) {
        const insert = 'INSERT INTO refusals (at, client_id, body, expires_at) VALUES (?, ?, ?, ?)';
        database.run(insert, at, clientId, JSON.stringify(record), at + refusalKeptSeconds);
        return;
      }
      const sql = `INSERT INTO audit (at, ticket_id, correlation_id, account_id, client_id, body) VALUES (?, ?, ?, ?, ?, ?)`;
      database.run(sql, at, ticketId, correlationId, accountId, clientId, JSON.stringify(record));
    },
    listByTicket: async (ticketId) =>
      recordsOf(database.all('SELECT body FROM audit WHERE ticket_id = ? ORDER BY number', ticketId)),
    async listByAccount(accountId, limit) {
      const sql = 'SELECT body FROM audit WHERE account_id = ? ORDER BY at DESC, number DESC LIMIT ?';
      return recordsOf(database.all(sql, accountId, limit));
    },
    query: (query) => findPage(query, chooseIndex(query, readBack(query), readRefusals(query))),
  };
}

/** Larger than every instant and every row number. */
const latest = Number.MAX_SAFE_INTEGER;

/** Chooses the filter whose index has the fewest records. Without a filter the whole table is walked. */
function mostSelective({
  ticketId,
  correlationId,
  accountId,
  clientId,
}: AuditQuery): [column: string, value: string | number] {
  if (ticketId !== undefined) return ['ticket_id', ticketId];
  if (correlationId !== undefined) return ['correlation_id', correlationId];
  if (accountId !== undefined) return ['account_id', accountId];
  if (clientId !== undefined) return ['client_id', clientId];
  return ['1', 1];
}

/** Parses a cursor. One that is not ours starts at the newest record. */
function parsePosition(position: string): [at: number, number: number] {
  const [, at, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(position) ?? [];
  return [Number(at ?? latest), Number(number ?? latest)];
}
