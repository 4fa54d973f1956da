// AuditStore over Redis: a list per ticket and per authorization request; a stream per account, per client,
// and one of everything. All are capped, so old records are dropped: Redis is not an archive. Addresses are
// stored sealed. Refusals have streams of their own; refusal-sweep.ts removes what is older than a week.
import type { Clock } from '../../clock.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import { type AuditQuery, type AuditStore, isRefusal, refusalKeptSeconds } from '../../core/audit/audit-store.ts';
import { chooseIndex, findPage, type ReadBack } from '../audit-page.ts';
import { auditRetentionSeconds } from '../retention.ts';
import type { AddressSeals } from './address-seals.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

/** Records kept per ticket, authorization request and account. */
const listCap = 10_000;
/** Records kept per client, and of everything. */
const streamCap = 100_000;
/** Refusals kept per client: 100 an hour for a week (core/refusal/refusals.ts), and some more. */
const refusalCap = 20_000;

export function createAuditStore({
  connection,
  keys,
  clock,
  seals,
}: {
  connection: Connection;
  keys: Keys;
  clock: Clock;
  seals: AddressSeals;
}): AuditStore {
  const { run } = connection;
  const parse = (body: string): AuditRecord => JSON.parse(body) as AuditRecord;

  /** Opens the addresses of the records that are returned. Records that filters drop stay sealed. */
  async function open(records: readonly AuditRecord[]): Promise<AuditRecord[]> {
    const addresses = await seals.open(records.map(({ address, at }) => ({ text: address, at })));
    return records.map((record, i) => ({ ...record, address: addresses[i] ?? null }));
  }

  /** Reads a stream backwards. A position is the id of an entry. */
  const readStream =
    (key: string): ReadBack =>
    async (position, count) => {
      const end = position !== null && /^\d{1,19}-\d{1,19}$/.test(position) ? `(${position}` : '+';
      const entries = await run((redis) => redis.xrevrange(key, end, '-', 'COUNT', count));
      return entries.map(([id, fields]) => ({ position: id, record: parse(fields[1] ?? '') }));
    };

  /**
   * Reads a list backwards. A ticket or an authorization request has a handful of records, for which a
   * stream would be too large. A position is an index in the list, which is stable until the list reaches
   * its cap.
   */
  const readList =
    (key: string): ReadBack =>
    async (position, count) => {
      const length = position !== null && /^\d{1,9}$/.test(position) ? Number(position) : listCap + count;
      const stop = Math.min(length, await run((redis) => redis.llen(key))) - 1;
      if (stop < 0) return [];
      const start = Math.max(0, stop - count + 1);
      const bodies = await run((redis) => redis.lrange(key, start, stop));
      return bodies.map((body, i) => ({ position: String(start + i), record: parse(body) })).reverse();
    };

  /** Reads the refusals of one client or of all. Expired ones may still be in the stream. */
  const readRefusals =
    ({ clientId }: AuditQuery): ReadBack =>
    async (position, count) => {
      const key = clientId === undefined ? keys.refusals : keys.refusalsOfClient(clientId);
      const found = await readStream(key)(position, count);
      return found.filter(({ record }) => record.at > clock() - refusalKeptSeconds);
    };

  async function appendRefusal(body: string, { clientId, at }: AuditRecord): Promise<void> {
    const streams: [key: string, cap: number][] = [
      [keys.refusals, streamCap],
      ...(clientId === null ? [] : [[keys.refusalsOfClient(clientId), refusalCap] as [string, number]]),
    ];
    const oldest = at - refusalKeptSeconds;
    await run((redis) =>
      Promise.all([
        ...streams.map(([key, cap]) => redis.appendRecent(key, body, cap, refusalKeptSeconds)),
        clientId !== null && redis.addMember(keys.clientsWithRefusals, at, clientId, refusalKeptSeconds, oldest),
      ]),
    );
  }

  /** Chooses the filter with the fewest records. */
  function mostSelective({ ticketId, correlationId, accountId, clientId }: AuditQuery): ReadBack {
    if (ticketId !== undefined) return readList(keys.auditOfTicket(ticketId));
    if (correlationId !== undefined) return readList(keys.auditOfCorrelation(correlationId));
    if (accountId !== undefined) return readStream(keys.auditByAccount(accountId));
    return readStream(clientId === undefined ? keys.audit : keys.auditByClient(clientId));
  }

  return {
    async append(record) {
      const { ticketId, correlationId, accountId, clientId } = record;
      const body = JSON.stringify({ ...record, address: await seals.seal(record.address, record.at) });
      if (isRefusal(record.event)) return appendRefusal(body, record);
      const lists = [
        ...(ticketId === null ? [] : [keys.auditOfTicket(ticketId)]),
        ...(correlationId === null ? [] : [keys.auditOfCorrelation(correlationId)]),
      ];
      const streams: [key: string, cap: number][] = [
        ...(accountId === null ? [] : [[keys.auditByAccount(accountId), listCap] as [string, number]]),
        ...(clientId === null ? [] : [[keys.auditByClient(clientId), streamCap] as [string, number]]),
      ];
      await run((redis) =>
        Promise.all([
          ...lists.map((key) => redis.append(key, body, listCap, auditRetentionSeconds)),
          ...streams.map(([key, cap]) => redis.appendStream(key, body, cap, auditRetentionSeconds)),
          redis.xadd(keys.audit, 'MAXLEN', '~', streamCap, '*', 'record', body),
        ]),
      );
    },
    listByTicket: async (ticketId) =>
      open((await run((redis) => redis.lrange(keys.auditOfTicket(ticketId), 0, -1))).map(parse)),
    async listByAccount(accountId, limit) {
      if (limit < 1) return [];
      const found = await readStream(keys.auditByAccount(accountId))(null, limit);
      return open(found.map(({ record }) => record));
    },
    async query(query) {
      const page = await findPage(query, chooseIndex(query, mostSelective(query), readRefusals(query)));
      return { ...page, records: await open(page.records) };
    },
  };
}
