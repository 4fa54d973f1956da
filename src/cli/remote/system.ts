// What `tessera audit` and `tessera key …` ask of a provider, answered by one elsewhere.
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { TrailDesk } from '../audit.ts';
import type { KeyDesk } from '../keys.ts';
import { type AdminApi, cursorIn, type Json, listIn } from './admin-api.ts';

const longestAuditPage = 500;

export const remoteTrail = (api: AdminApi): TrailDesk => ({
  async query({ accountId, clientId, ticketId, correlationId, event, from, to, after, limit }) {
    const { body } = await api.get('/audit', {
      account: accountId,
      client: clientId,
      ticket: ticketId,
      correlation: correlationId,
      event,
      from,
      to,
      cursor: after,
      limit: Math.min(limit, longestAuditPage),
    });
    return { records: listIn(body, 'records').map(toRecord), cursor: cursorIn(body) };
  },
});

export const remoteKeys = (api: AdminApi): KeyDesk => ({
  list: async () => listIn((await api.get('/keys')).body, 'keys').map(toKey),
  rotate: async ({ immediately }) => listIn((await api.post('/keys/rotate', { immediately })).body, 'keys').map(toKey),
});

type ShownRecord = {
  readonly at: number;
  readonly event: AuditRecord['event'];
  readonly ticket_id: string | null;
  readonly correlation_id: string | null;
  readonly account_id: string | null;
  readonly client_id: string | null;
  readonly device_id: string | null;
  readonly address: string | null;
  readonly facts: AuditRecord['facts'];
};

function toRecord(body: Json): AuditRecord {
  const shown = body as ShownRecord;
  return {
    at: shown.at,
    event: shown.event,
    ticketId: shown.ticket_id,
    correlationId: shown.correlation_id,
    accountId: shown.account_id,
    clientId: shown.client_id,
    deviceId: shown.device_id,
    address: shown.address,
    facts: shown.facts,
  };
}

type ShownKey = {
  readonly kid: string;
  readonly alg: string;
  readonly state: Awaited<ReturnType<KeyDesk['list']>>[number]['state'];
  readonly created_at: number;
  readonly signs_from: number;
  readonly retires_at: number | null;
};

function toKey(body: Json): Awaited<ReturnType<KeyDesk['list']>>[number] {
  const { kid, alg, state, created_at: createdAt, signs_from: signsFrom, retires_at: retiresAt } = body as ShownKey;
  return { key: { kid, alg, createdAt }, state, signsFrom, retiresAt };
}
