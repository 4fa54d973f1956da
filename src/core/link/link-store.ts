// Port: links that were issued, until they expire. Only digests of their secrets are stored.
import type { Link, LinkId, LinkPurpose } from './link.ts';

export type LinkPage = {
  readonly purpose: LinkPurpose;
  /** The `cursor` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

/** An expired link counts as absent in every function. */
export type LinkStore = {
  /** Stores the link. It replaces a link with the same id, whose secret is invalid from then on. */
  put(link: Link): Promise<void>;
  find(id: LinkId): Promise<Link | null>;
  /** Finds a link by the digest of its secret. */
  findBySecret(secretHash: string): Promise<Link | null>;
  /**
   * Atomic, as TicketStore.update. `change` must keep `id`, `purpose`, `secretHash`, `createdAt` and
   * `expiresAt`.
   */
  update(id: LinkId, change: (link: Link) => Link): Promise<Link | null>;
  /** @returns true to exactly one caller; false when there was none */
  delete(id: LinkId): Promise<boolean>;
  /**
   * Links of one purpose, newest first. `cursor` is null on the last page; earlier pages may have fewer than
   * `limit`. Reads no more records than a page has.
   */
  page(page: LinkPage): Promise<{ links: Link[]; cursor: string | null }>;
};

/**
 * The position of a link among those of its purpose. Positions compare by bytes, in the order of creation and
 * then of id.
 */
export const linkPosition = ({ createdAt, id }: Link): string => `${String(createdAt).padStart(12, '0')}\u0000${id}`;
