// ApprovalStore over Redis: one JSON string per approval with a TTL, and an index per account. The
// browser's address is stored sealed (address-seals.ts).

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

  /** Points from a session to its latest approval: approvals in one browser follow each other. */
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
      // The record is written first: readers remove index entries without a record.
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
      // The index is deleted last: after a crash, a second call still finds the remaining records.
      await connection.run((redis) => Promise.all(ids.map((id) => redis.del(keys.approval(id)))));
      await connection.run((redis) => redis.del(index));
    },
    async update(id, change) {
      // `change` sees the sealed address and must leave it alone.
      const changeStored = storedChange(fromStoredApproval, change, toStoredApproval);
      const stored = await updateDocument(keyCell(connection, keys.approval(id)), changeStored, isLive);
      if (stored) await pointFromSession(stored);
      return stored && open(stored);
    },
  };
}
