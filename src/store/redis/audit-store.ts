// The audit record in Redis: a list per ticket, one per account, and a stream of everything for whoever wants to carry it elsewhere.
// All are capped: Redis is not an archive.
import type { AuditRecord } from '../../audit/audit.ts';
import type { AuditStore } from '../../audit/audit-store.ts';
import { auditRetentionSeconds } from '../retention.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

const listCap = 10_000;
const streamCap = 100_000;

export function createAuditStore({ connection, keys }: { connection: Connection; keys: Keys }): AuditStore {
  const parse = (bodies: readonly string[]): AuditRecord[] => bodies.map((body) => JSON.parse(body) as AuditRecord);

  return {
    async append(record) {
      const body = JSON.stringify(record);
      const lists = [
        ...(record.ticketId === null ? [] : [keys.auditOfTicket(record.ticketId)]),
        ...(record.accountId === null ? [] : [keys.auditOfAccount(record.accountId)]),
      ];
      await connection.run((redis) =>
        Promise.all([
          ...lists.map((key) => redis.append(key, body, listCap, auditRetentionSeconds)),
          redis.xadd(keys.audit, 'MAXLEN', '~', streamCap, '*', 'record', body),
        ]),
      );
    },
    listByTicket: async (ticketId) =>
      parse(await connection.run((redis) => redis.lrange(keys.auditOfTicket(ticketId), 0, -1))),
    async listByAccount(accountId, limit) {
      if (limit < 1) return [];
      return parse(await connection.run((redis) => redis.lrange(keys.auditOfAccount(accountId), -limit, -1))).reverse();
    },
  };
}
