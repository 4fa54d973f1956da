// Port: links that are out, each until its end. Only digests of what stands in their addresses are kept.
import type { Link, LinkId, LinkPurpose } from './link.ts';

export type LinkPage = {
  readonly purpose: LinkPurpose;
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
};

/** A link past its end counts as absent everywhere. */
export type LinkStore = {
  /** Takes the place of a link with the same id, whose secret then leads nowhere. */
  put(link: Link): Promise<void>;
  find(id: LinkId): Promise<Link | null>;
  /** By the digest of its secret. */
  findBySecret(secretHash: string): Promise<Link | null>;
  /** Atomic, as TicketStore.update. `change` must keep `id`, `purpose`, `secretHash`, `createdAt` and `expiresAt`. */
  update(id: LinkId, change: (link: Link) => Link): Promise<Link | null>;
  /** @returns false when there was none. Of several at once one gets true. */
  delete(id: LinkId): Promise<boolean>;
  /** Newest first. `cursor` is null on the last page; one before it may have fewer than `limit`. No more is read than a page has. */
  page(page: LinkPage): Promise<{ links: Link[]; cursor: string | null }>;
};

/** Where a link stands among those of its purpose: text that compares by bytes as the links do by age, then id. */
export const linkPosition = ({ createdAt, id }: Link): string => `${String(createdAt).padStart(12, '0')}\u0000${id}`;
