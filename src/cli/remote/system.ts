// The use-cases of `tessera audit` and `tessera key …` at a provider elsewhere, over its administration API.
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { TrailDesk } from '../audit.ts';
import type { KeyDesk } from '../keys.ts';
import { type AdminApi, cursorIn, type Json, listIn } from './admin-api.ts';

/** The largest page of `/admin/v1/audit`. */
const maxAuditPage = 500;

/** The audit trail. `cursor` is the one of the API. */
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
      limit: Math.min(limit, maxAuditPage),
    });
    return { records: listIn(body, 'records').map(toRecord), cursor: cursorIn(body) };
  },
});

/** The signing keys. The provider records who asked for a rotation. */
export const remoteKeys = (api: AdminApi): KeyDesk => ({
  list: async () => listIn((await api.get('/keys')).body, 'keys').map(toKey),
  rotate: async ({ immediately }) => listIn((await api.post('/keys/rotate', { immediately })).body, 'keys').map(toKey),
});

/** A record as the API answers it. */
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

/** A key as the API answers it. */
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
