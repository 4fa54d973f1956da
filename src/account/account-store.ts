// Port: where accounts are kept, durably.
import type { Account, AccountId } from './account.ts';

export type AccountStore = {
  /** @returns false, and writes nothing, when the username or id is taken. */
  create(account: Account): Promise<boolean>;
  find(id: AccountId): Promise<Account | null>;
  /** By the normalised username. */
  findByUsername(username: string): Promise<Account | null>;
  /** Atomic, as TicketStore.update. `change` must keep `id` and `username`. */
  update(id: AccountId, change: (account: Account) => Account): Promise<Account | null>;
};
