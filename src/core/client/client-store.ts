// Port: where clients are kept, durably: registered ones, and copies of those of the configuration
// (apply.ts).
import type { Client } from './client.ts';

export type ClientPage = {
  /** Matches clients whose name begins with it, in any case. Absent: all. */
  readonly search?: string | undefined;
  /** The `cursor` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type ClientStore = {
  /** @returns false, and nothing is written, when the id is taken */
  create(client: Client): Promise<boolean>;
  find(id: string): Promise<Client | null>;
  /** Atomic, as TicketStore.update. `change` must keep `id`. */
  update(id: string, change: (client: Client) => Client): Promise<Client | null>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /** Whether any client has a redirect URI of this origin, or lists it in `cors_origins`. */
  hasOrigin(origin: string): Promise<boolean>;
  /** Clients by name, then id. Reads no more records than a page has. `cursor` is null on the last page. */
  page(page: ClientPage): Promise<{ clients: Client[]; cursor: string | null }>;
};

/**
 * The origins of a client's redirect URIs and its `cors_origins`, each once. Private-use schemes have no
 * origin.
 */
export const clientOrigins = ({ metadata }: Client): string[] => {
  const own = metadata.redirect_uris.map((uri) => URL.parse(uri)?.origin ?? 'null');
  const named = Array.isArray(metadata.cors_origins) ? metadata.cors_origins.map(String) : [];
  return [...new Set([...own, ...named])].filter((origin) => origin !== 'null');
};

/** The key by which pages are ordered and searched. The id makes it unique. */
export const clientSortKey = ({ id, metadata }: Client): string =>
  // Normalising can make a text longer, so the key is cut.
  `${(metadata.client_name ?? id).normalize('NFKC').toLowerCase().slice(0, 200).toWellFormed()}\u0000${id}`;

/** Normalises a search like the key. */
export const searchKey = (search: string): string => search.normalize('NFKC').trim().toLowerCase();
