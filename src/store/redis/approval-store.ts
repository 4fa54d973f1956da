// Approvals in Redis: one JSON string each, ending by itself, and an index per account.

import type { Clock } from '../../clock.ts';
import type { Approval } from '../../core/approval/approval.ts';
import type { ApprovalStore } from '../../core/approval/approval-store.ts';
import { fromStoredApproval, type StoredApproval, storedChange, toStoredApproval } from '../stored-records.ts';
import type { AddressSeals } from './address-seals.ts';
import type { Connection } from './connection.ts';
import { keyCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { listNewest } from './sorted-index.ts';
import { ttlUntil } from './time-to-live.ts';

export function createApprovalStore(deps: {
  connection: Connection;
  keys: Keys;
  clock: Clock;
  seals: AddressSeals;
}): ApprovalStore {
  const { connection, keys, clock, seals } = deps;
  const isLive = (approval: StoredApproval): boolean => approval.expiresAt > clock();

  async function open(stored: StoredApproval): Promise<Approval> {
    const approval = fromStoredApproval(stored);
    const [browserAddress = null] = await seals.open([{ text: approval.browserAddress, at: approval.approvedAt }]);
    return { ...approval, browserAddress };
  }

  async function find(id: string): Promise<Approval | null> {
    const stored = parseDocument<StoredApproval>(await connection.run((redis) => redis.get(keys.approval(id))));
    return stored && isLive(stored) ? open(stored) : null;
  }

  /** The latest approval of a session is its owner: approvals come one after the other through one browser. */
  async function pointFromSession({ id, sessionUid, endedAt, expiresAt }: Omit<Approval, 'kind'>): Promise<void> {
    if (sessionUid === null || endedAt !== null) return;
    const ttl = ttlUntil(expiresAt, clock());
    await connection.run((redis) => redis.set(keys.approvalBySession(sessionUid), id, 'EX', ttl));
  }

  return {
    async create(approval) {
      const { id, accountId, approvedAt, expiresAt } = approval;
      const kept = {
        ...toStoredApproval(approval),
        browserAddress: await seals.seal(approval.browserAddress, approvedAt),
      };
      const ttl = ttlUntil(expiresAt, clock());
      // The record comes first: an index entry without one would be taken for dead.
      await connection.run((redis) => redis.set(keys.approval(id), JSON.stringify(kept), 'EX', ttl));
      await connection.run((redis) => redis.addMember(keys.approvalsOfAccount(accountId), approvedAt, id, ttl));
      await pointFromSession(approval);
    },
    find,
    async findBySession(sessionUid) {
      const id = await connection.run((redis) => redis.get(keys.approvalBySession(sessionUid)));
      const approval = id === null ? null : await find(id);
      return approval?.sessionUid === sessionUid ? approval : null;
    },
    listByAccount: (accountId, limit) => listNewest(connection, keys.approvalsOfAccount(accountId), limit, find),
    async deleteByAccount(accountId) {
      const index = keys.approvalsOfAccount(accountId);
      const ids = await connection.run((redis) => redis.zrange(index, 0, '-1'));
      // The index last: after a crash in between, doing it again still finds the rest.
      await connection.run((redis) => Promise.all(ids.map((id) => redis.del(keys.approval(id)))));
      await connection.run((redis) => redis.del(index));
    },
    async update(id, change) {
      // The address goes through the change as it is sealed.
      const changeStored = storedChange(fromStoredApproval, change, toStoredApproval);
      const stored = await updateDocument(keyCell(connection, keys.approval(id)), changeStored, isLive);
      if (stored) await pointFromSession(stored);
      return stored && open(stored);
    },
  };
}
