// Port: where accounts are kept, durably, and the indexes by which they are found.
import type { Account, AccountId, Role } from './account.ts';

export type AccountPage = {
  /** Matches accounts whose username, display name or email begins with it, in any case. Absent: all. */
  readonly search?: string | undefined;
  /** The `cursor` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type AccountStore = {
  /** @returns false, and nothing is written, when the username or id is taken */
  create(account: Account): Promise<boolean>;
  find(id: AccountId): Promise<Account | null>;
  /** Finds an account by its normalised username. */
  findByUsername(username: string): Promise<Account | null>;
  /** Returns every account with this email, compared by `searchTerm`. */
  findByEmail(email: string): Promise<Account[]>;
  /** Atomic, as TicketStore.update. `change` must keep `id` and `username`. */
  update(id: AccountId, change: (account: Account) => Account): Promise<Account | null>;
  /**
   * Deletes the record with its indexes. The username becomes free; ids are never reused.
   * @returns true to exactly one caller
   */
  delete(id: AccountId): Promise<boolean>;
  /** Whether any account, enabled or disabled, has the role. Uses an index. */
  hasRole(role: Role): Promise<boolean>;
  /** Counts enabled administrators by the same index, up to `max`. */
  countAdministrators(max: number): Promise<number>;
  /**
   * As `update`, but serialised over all accounts. `change` also learns whether another account is an enabled
   * administrator. That stays true until this change is written, because every change that takes an
   * administrator away uses this function.
   */
  updateInTurn(
    id: AccountId,
    change: (account: Account, hasOtherAdministrator: boolean) => Account,
  ): Promise<Account | null>;
  /**
   * Accounts by username; with `search` by the matching term and then id. Each account comes once over all
   * pages. Reads no more records than a page has. `cursor` is null on the last page; earlier pages may have
   * fewer than `limit`.
   */
  page(page: AccountPage): Promise<{ accounts: Account[]; cursor: string | null }>;
};

/**
 * Normalises a text for comparison: one case, one spelling, no control characters, which could end a key
 * early.
 */
export const searchTerm = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase();

/** Every term by which an account is found, each once. */
export const accountTerms = ({ username, displayName, email }: Account): string[] => [
  ...new Set([username, displayName, email ?? ''].map(searchTerm).filter((term) => term !== '')),
];

/**
 * Whether the account exists and has this email, in any case. Needed because the term may be a display name.
 */
export const hasEmail =
  (email: string) =>
  (account: Account | null): account is Account =>
    account !== null && account.email !== null && searchTerm(account.email) === searchTerm(email);

/** Whether the account is an administrator who can sign in now. */
export const isEnabledAdministrator = ({ roles, disabledAt }: Account): boolean =>
  roles.includes('administrator') && disabledAt === null;

/** Reads a record that any release stored, and adds what older ones lacked. */
export const readAccount = (stored: StoredAccount): Account => ({
  ...stored,
  roles: stored.roles ?? [],
  revision: stored.revision ?? 1,
});

/** The roles of a stored record, which `hasRole` reads. */
export const rolesOf = (stored: StoredAccount): readonly Role[] => stored.roles ?? [];

/** Records from before roles and revisions existed. */
export type StoredAccount = Omit<Account, 'roles' | 'revision'> & Partial<Pick<Account, 'roles' | 'revision'>>;
