// NoticeStore over Redis: one JSON string per notice with a TTL, a pointer by the digest of its link's
// secret, and an index per account.
import type { Clock } from '../../clock.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { NoticeStore } from '../../core/notice/notice-store.ts';
import { fromStoredNotice, type StoredNotice, storedChange, toStoredNotice } from '../stored-records.ts';
import type { Connection } from './connection.ts';
import { keyCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { listNewest } from './sorted-index.ts';
import { ttlUntil } from './time-to-live.ts';

export function createNoticeStore(deps: { connection: Connection; keys: Keys; clock: Clock }): NoticeStore {
  const { connection, keys, clock } = deps;
  const { run } = connection;
  const isLive = (notice: StoredNotice): boolean => notice.expiresAt > clock();

  async function find(id: string): Promise<Notice | null> {
    const stored = parseDocument<StoredNotice>(await run((redis) => redis.get(keys.notice(id))));
    return stored && isLive(stored) ? fromStoredNotice(stored) : null;
  }

  return {
    async create(notice) {
      const { id, accountId, secretHash, createdAt, expiresAt } = notice;
      const ttl = ttlUntil(expiresAt, clock());
      // The record is written first: readers remove index entries without a record.
      await run((redis) => redis.set(keys.notice(id), JSON.stringify(toStoredNotice(notice)), 'EX', ttl));
      await run((redis) =>
        Promise.all([
          secretHash !== null && redis.set(keys.noticeBySecret(secretHash), id, 'EX', ttl),
          redis.addMember(keys.noticesOfAccount(accountId), createdAt, id, ttl),
        ]),
      );
    },
    find,
    async findBySecret(secretHash) {
      const id = await run((redis) => redis.get(keys.noticeBySecret(secretHash)));
      const notice = id === null ? null : await find(id);
      return notice?.secretHash === secretHash ? notice : null;
    },
    listByAccount: (accountId, limit) => listNewest(connection, keys.noticesOfAccount(accountId), limit, find),
    async deleteByAccount(accountId) {
      const index = keys.noticesOfAccount(accountId);
      // The index is deleted last: after a crash, a second call still finds the remaining records. Pointers
      // without a record are harmless and expire.
      const ids = await run((redis) => redis.zrange(index, 0, '-1'));
      await run((redis) => Promise.all(ids.map((id) => redis.del(keys.notice(id)))));
      await run((redis) => redis.del(index));
    },
    async update(id, change) {
      const changeStored = storedChange(fromStoredNotice, change, toStoredNotice);
      const stored = await updateDocument(keyCell(connection, keys.notice(id)), changeStored, isLive);
      return stored && fromStoredNotice(stored);
    },
  };
}
