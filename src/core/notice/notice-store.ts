// Port: the notices of accounts. A record is dropped at its `expiresAt` and counts as absent from then on.
import type { Notice, NoticeId } from './notice.ts';

export type NoticeStore = {
  create(notice: Notice): Promise<void>;
  find(id: NoticeId): Promise<Notice | null>;
  /** Finds a notice by the digest of its link's secret. */
  findBySecret(secretHash: string): Promise<Notice | null>;
  /** The account's notices, newest first, at most `limit`. Records of one second come in any order. */
  listByAccount(accountId: string, limit: number): Promise<Notice[]>;
  /**
   * Atomic, as TicketStore.update. `change` must keep `id`, `accountId`, `secretHash`, `createdAt` and
   * `expiresAt`.
   */
  update(id: NoticeId, change: (notice: Notice) => Notice): Promise<Notice | null>;
  /** Deletes all of an account that is being deleted. May be repeated. */
  deleteByAccount(accountId: string): Promise<void>;
};
