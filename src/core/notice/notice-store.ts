// Port: what accounts were told. Records go at their `expiresAt`, and count as absent from then on.
import type { Notice, NoticeId } from './notice.ts';

export type NoticeStore = {
  create(notice: Notice): Promise<void>;
  find(id: NoticeId): Promise<Notice | null>;
  /** By the digest of its link's secret. */
  findBySecret(secretHash: string): Promise<Notice | null>;
  /** Newest first, at most `limit`; within one second in any order. */
  listByAccount(accountId: string, limit: number): Promise<Notice[]>;
  /** Atomic, as TicketStore.update. `change` must keep `id`, `accountId`, `secretHash`, `createdAt` and `expiresAt`. */
  update(id: NoticeId, change: (notice: Notice) => Notice): Promise<Notice | null>;
  /** All of an account that goes. Safe to repeat. */
  deleteByAccount(accountId: string): Promise<void>;
};
