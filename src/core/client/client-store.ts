// Port: where registered clients are kept, durably.
import type { Client } from './client.ts';

export type ClientPage = {
  /** Names that begin so, whatever their case; absent: all. */
  readonly search?: string | undefined;
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type ClientStore = {
  /** @returns false, and writes nothing, when the id is taken. */
  create(client: Client): Promise<boolean>;
  find(id: string): Promise<Client | null>;
  /** Atomic, as TicketStore.update. `change` must keep `id`. */
  update(id: string, change: (client: Client) => Client): Promise<Client | null>;
  /** @returns false when there was none. */
  delete(id: string): Promise<boolean>;
  /** Whether this is the origin of a client's redirect URI, or one of its `cors_origins`. */
  hasOrigin(origin: string): Promise<boolean>;
  /** By name, then id; reads no more than a page. `cursor` is null on the last one. */
  page(page: ClientPage): Promise<{ clients: Client[]; cursor: string | null }>;
};

/** Of its redirect URIs and those it names beside them, each once; an app's own scheme has none. */
export const clientOrigins = ({ metadata }: Client): string[] => {
  const own = metadata.redirect_uris.map((uri) => URL.parse(uri)?.origin ?? 'null');
  const named = Array.isArray(metadata.cors_origins) ? metadata.cors_origins.map(String) : [];
  return [...new Set([...own, ...named])].filter((origin) => origin !== 'null');
};

/** What pages are ordered and searched by. The id makes it unique. */
export const clientSortKey = ({ id, metadata }: Client): string =>
  // Some letters become many by normalising; a key is no longer than a name.
  `${(metadata.client_name ?? id).normalize('NFKC').toLowerCase().slice(0, 200).toWellFormed()}\u0000${id}`;

export const searchKey = (search: string): string => search.normalize('NFKC').trim().toLowerCase();
