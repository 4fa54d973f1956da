// Use-cases of refusals: record them, at most 100 per client and hour, and read the latest of a client.

import type { Audit } from '../audit/audit.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { isRefusal } from '../audit/audit-store.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import type { Refusal } from './refusal.ts';

/** Beyond this, refusals of a client are only counted. All unknown clients share one such budget. */
const refusalBudget: LimitRule = { name: 'refusals', points: 100, windowSeconds: 3600 };

export type RefusalsDeps = { readonly audit: Audit; readonly limits: Limits };

export type Refusals = ReturnType<typeof createRefusals>;

/** No client has an empty id, so this key is that of the unknown ones. */
const keyOf = (clientId: string | null): string => clientId ?? '';

export function createRefusals({ audit, limits }: RefusalsDeps) {
  return {
    /**
     * Counts the refusal, and records it while the client's budget lasts.
     * @throws StoreUnavailableError
     */
    async note({ event, clientId, facts }: Refusal, address: string): Promise<void> {
      const { count } = await limits.add(refusalBudget, keyOf(clientId));
      if (count <= refusalBudget.points) await audit.refused(event, { clientId, address }, facts);
    },

    /** The latest refusals of a client, newest first, and how many more of this hour were only counted. */
    async latest(clientId: string, limit: number): Promise<{ records: AuditRecord[]; onlyCounted: number }> {
      const { records } = await audit.query({ clientId, isRefusal: true, limit });
      const counted = await limits.count(refusalBudget, keyOf(clientId));
      const onlyCounted = Math.max(0, counted - refusalBudget.points);
      return { records: records.filter(({ event }) => isRefusal(event)), onlyCounted };
    },
  };
}
