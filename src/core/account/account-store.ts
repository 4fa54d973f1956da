// Port: where accounts are kept, durably; and what they are found by.
import type { Account, AccountId, Role } from './account.ts';

export type AccountPage = {
  /** A username, display name or email that begins so, whatever the case; absent: all. */
  readonly search?: string | undefined;
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type AccountStore = {
  /** @returns false, and writes nothing, when the username or id is taken. */
  create(account: Account): Promise<boolean>;
  find(id: AccountId): Promise<Account | null>;
  /** By the normalised username. */
  findByUsername(username: string): Promise<Account | null>;
  /** All whose email compares alike, by `searchTerm`; none is missed, whatever others are called. */
  findByEmail(email: string): Promise<Account[]>;
  /** Atomic, as TicketStore.update. `change` must keep `id` and `username`. */
  update(id: AccountId, change: (account: Account) => Account): Promise<Account | null>;
  /** For good, with everything it is found by; its username is free again, its id is not. @returns false to all but one caller. */
  delete(id: AccountId): Promise<boolean>;
  /** Whether there is an account with the role, disabled ones counted; found by an index. */
  hasRole(role: Role): Promise<boolean>;
  /** How many enabled administrators there are; found by the same index, and no further than `most`. */
  countAdministrators(most: number): Promise<number>;
  /**
   * As `update`, one after the other over all accounts. `change` also learns whether another account is an enabled administrator; that stays
   * so until this change is written, as long as nobody ceases to be one in another way than this.
   */
  updateInTurn(
    id: AccountId,
    change: (account: Account, hasOtherAdministrator: boolean) => Account,
  ): Promise<Account | null>;
  /**
   * By username; a search by what was found of each, then id. Each account once over all pages, and no more is read than a page has.
   * `cursor` is null on the last one; a page before it may have fewer than `limit`.
   */
  page(page: AccountPage): Promise<{ accounts: Account[]; cursor: string | null }>;
};

/** How a search is compared: one case and one spelling, nothing that could end a key early. */
export const searchTerm = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase();

/** Everything an account is found by, each once. */
export const accountTerms = ({ username, displayName, email }: Account): string[] => [
  ...new Set([username, displayName, email ?? ''].map(searchTerm).filter((term) => term !== '')),
];

/** Whether it is there and has this email, in whatever case; a display name may read like somebody's. */
export const hasEmail =
  (email: string) =>
  (account: Account | null): account is Account =>
    account !== null && account.email !== null && searchTerm(account.email) === searchTerm(email);

/** Somebody who may do everything here, at this moment. */
export const isEnabledAdministrator = ({ roles, disabledAt }: Account): boolean =>
  roles.includes('administrator') && disabledAt === null;

/** A record as it was stored by any release. */
export const readAccount = (stored: StoredAccount): Account => ({
  ...stored,
  roles: stored.roles ?? [],
  revision: stored.revision ?? 1,
});

/** What `hasRole` is answered from. */
export const rolesOf = (stored: StoredAccount): readonly Role[] => stored.roles ?? [];

/** Before there were roles and revisions. */
export type StoredAccount = Omit<Account, 'roles' | 'revision'> & Partial<Pick<Account, 'roles' | 'revision'>>;
