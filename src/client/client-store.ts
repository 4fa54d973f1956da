// Port: where registered clients are kept, durably.
import type { Client } from './client.ts';

export type ClientStore = {
  /** @returns false, and writes nothing, when the id is taken. */
  create(client: Client): Promise<boolean>;
  find(id: string): Promise<Client | null>;
  /** Atomic, as TicketStore.update. */
  update(id: string, change: (client: Client) => Client): Promise<Client | null>;
  /** By id, ascending. */
  list(): Promise<Client[]>;
};
