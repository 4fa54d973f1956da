// Use-cases of an account: create, find, list, change, disable, delete, verify a password. Unknown, disabled
// and wrong get the same answer (security.md D4).
import type { Clock } from '../../clock.ts';
import { randomSecret } from '../../crypto.ts';
import type { Limits } from '../limit/limit.ts';
import {
  type Account,
  AccountError,
  type AccountId,
  type AccountPicture,
  type NewAccount,
  normaliseUsername,
  type Role,
} from './account.ts';
import { assertOwnAddress, findByName } from './account-names.ts';
import { type AccountPatch, checkPatch } from './account-patch.ts';
import { type AccountPage, type AccountStore, isEnabledAdministrator } from './account-store.ts';
import { createCredentials } from './credentials.ts';
import { createInstalledAccounts } from './installed-accounts.ts';
import type { Passwords } from './password.ts';
import { checkNewPassword } from './password-rules.ts';
import { createProvedEmails, emailState } from './proved-emails.ts';

export type AccountsDeps = {
  readonly store: AccountStore;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Names of this provider. A password that contains one is rejected. */
  readonly siteNames: readonly string[];
  /**
   * Keyed digest of a password, by which the same password is counted over many names (security.md G3). Null
   * for callers that verify no passwords: sprayed passwords are then not counted.
   */
  readonly maskPassword: ((password: string) => string) | null;
};

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ store, passwords, limits, clock, siteNames, maskPassword }: AccountsDeps) {
  const credentials = createCredentials({ store, passwords, limits, clock, maskPassword });

  /**
   * Checks everything but whether the username is free.
   * @throws AccountError `username_invalid`, `account_invalid`
   */
  function check(input: Omit<NewAccount, 'password'>) {
    const username = normaliseUsername(input.username);
    if (!username) throw new AccountError('username_invalid', 'A username has 1 to 64 letters, digits or . _ @ + -.');
    const { email, locale, roles } = input;
    const patch = checkPatch({ displayName: input.displayName?.trim() || username, email, locale, roles });
    return { username, displayName: username, email: null, locale: null, roles: [], ...patch };
  }

  const judge = (password: string, { username, displayName, email }: Named): Promise<void> =>
    checkNewPassword(password, [...siteNames, username, displayName, email ?? '']);

  async function create({ password, ...input }: NewAccount): Promise<Account> {
    if (password !== null) await judge(password, check(input));
    return keep(input, password === null ? null : await passwords.hash(password));
  }

  async function keep(input: Omit<NewAccount, 'password'>, passwordHash: string | null): Promise<Account> {
    const now = clock();
    const account: Account = {
      ...check(input),
      id: input.id ?? (randomSecret(128) as AccountId),
      emailVerified: input.emailVerified ?? false,
      phoneNumber: null,
      passwordHash,
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
      revision: 1,
    };
    if (!(await store.create(account))) throw usernameTaken();
    return account;
  }

  /**
   * Changes an account.
   * @param expected the revision that the editor saw; null: any
   * @throws AccountError `account_not_found`, `account_changed`
   */
  const change = (id: string, expected: number | null, edit: (account: Account) => Account): Promise<Account> =>
    orNotFound(store.update(id as AccountId, (current) => edited(current, expected, edit, false)));

  /**
   * As `change`, for changes that may take an administrator away.
   * @throws also AccountError `last_administrator`
   */
  const changeInTurn = (id: string, expected: number | null, edit: (account: Account) => Account): Promise<Account> =>
    orNotFound(store.updateInTurn(id as AccountId, (current, hasOther) => edited(current, expected, edit, hasOther)));

  function edited(
    current: Account,
    expected: number | null,
    edit: (account: Account) => Account,
    hasOtherAdministrator: boolean,
  ): Account {
    if (expected !== null && current.revision !== expected) throw changed();
    const next = { ...edit(current), updatedAt: clock(), revision: current.revision + 1 };
    const isLoss = isEnabledAdministrator(current) && !isEnabledAdministrator(next);
    if (isLoss && !hasOtherAdministrator) throw lastAdministrator();
    return next;
  }

  /** @throws AccountError `account_not_found` when the store knew no such account */
  async function orNotFound(update: Promise<Account | null>): Promise<Account> {
    const account = await update;
    if (!account) throw new AccountError('account_not_found', 'There is no such account.');
    return account;
  }

  const signedOut = (account: Account, at = clock()): Account => ({
    ...account,
    signedOutAt: Math.max(account.signedOutAt ?? 0, at),
    signOuts: (account.signOuts ?? 0) + 1,
  });

  /**
   * Disabling signs the account out everywhere in the same step, so that nothing of it returns with the
   * account. Enabling does so once more, for requests that were under way while the account was disabled. It
   * counts to the second before, because a sign-in may follow at once.
   */
  function switched(current: Account, isDisabled: boolean): Account {
    if (isDisabled === (current.disabledAt !== null)) return current;
    const now = clock();
    return { ...signedOut(current, isDisabled ? now : now - 1), disabledAt: isDisabled ? now : null };
  }

  /**
   * Applies the patch, and disables or enables the account, as one revision or not at all. A changed email is
   * unverified unless the patch says otherwise, and earlier verification links become invalid. Disabling
   * again keeps the first instant. The caller tells relying parties (core/email/account-changes.ts).
   * @returns the account before and after
   * @throws AccountError `account_invalid` with `problems`, `account_not_found`, `account_changed`,
   *   `last_administrator`
   */
  async function amend(
    id: string,
    patch: AccountPatch,
    expected: number | null,
    isDisabled: boolean | null = null,
  ): Promise<{ before: Account; after: Account }> {
    const checked = checkPatch(patch);
    const mayTakeAway = isDisabled === true || checked.roles?.includes('administrator') === false;
    const work = mayTakeAway ? changeInTurn : change;
    let before: Account | null = null;
    const after = await work(id, expected, (current) => {
      before = current;
      const present = isDisabled === null ? current : switched(current, isDisabled);
      return { ...present, ...checked, ...emailState(current, checked) };
    });
    return { before: before ?? after, after };
  }

  async function getByUsername(username: string): Promise<Account> {
    const account = await findByUsername(username);
    if (!account) throw new AccountError('account_not_found', 'There is no account with this username.');
    return account;
  }

  async function findByUsername(typed: string): Promise<Account | null> {
    const username = normaliseUsername(typed);
    return username ? store.findByUsername(username) : null;
  }

  return {
    /**
     * Creates an account.
     * @throws AccountError `username_taken`, `username_invalid`, `password_…`, `account_invalid`
     */
    create,

    /** Checks an account whose owner chooses its name. It creates and hashes nothing. @throws as `create` */
    async checkNew({ password, ...input }: NewAccount): Promise<void> {
      const checked = check(input);
      assertOwnAddress(checked.username, input);
      if (password !== null) await judge(password, checked);
      if (await store.findByUsername(checked.username)) throw usernameTaken();
    },

    /** Checks a new password for this account. @throws AccountError `password_…` */
    checkPassword: (account: Account, password: string): Promise<void> => judge(password, account),

    /**
     * Sets a new password. The caller has already verified the owner by other means (mail link, recovery
     * code). Every session and grant ends, and the delay after wrong passwords is cleared.
     * @param mayStill checks the account in the same atomic step; null: nothing to check
     * @throws AccountError `account_not_found`, `account_changed` when `mayStill` returns false
     */
    async setPassword(id: string, password: string, mayStill: ((current: Account) => boolean) | null) {
      const passwordHash = await passwords.hash(password);
      const account = await change(id, null, (current) => {
        if (mayStill && !mayStill(current)) throw changed();
        return { ...signedOut(current), passwordHash };
      });
      await credentials.clear(account);
      return account;
    },

    /** How many administrators can sign in now, counted up to `max`. */
    countAdministrators: (max: number): Promise<number> => store.countAdministrators(max),

    /** Whether any account, enabled or disabled, has the role. */
    hasRole: (role: Role): Promise<boolean> => store.hasRole(role),
    findByUsername,

    /** Finds the account that a person means by a typed name (account-names.ts). */
    findByName: (typed: string): Promise<Account | null> => findByName(store, typed),

    /** Also finds disabled accounts. @throws AccountError `account_not_found` */
    getByUsername,

    /** A page of accounts, disabled ones included. */
    page: (page: AccountPage) => store.page(page),

    /** As `amend`, but returns only the account afterwards. @throws as `amend` */
    update: async (...edit: Parameters<typeof amend>): Promise<Account> => (await amend(...edit)).after,
    amend,

    /**
     * Ends every session and grant, including those that no phone approved.
     * @throws AccountError `account_not_found`
     */
    signOut: (id: string): Promise<Account> => change(id, null, signedOut),

    /**
     * Makes approvals invalid that are not consumed yet. The revision stays, because editors do not see it.
     */
    async endBrowsers(id: string): Promise<void> {
      await store.update(id as AccountId, (current) => ({
        ...current,
        browserEndings: (current.browserEndings ?? 0) + 1,
      }));
    },

    /**
     * Sets or removes the picture.
     * @returns the account, and its previous picture
     * @throws AccountError `account_not_found`
     */
    async setPicture(id: string, picture: AccountPicture | null) {
      let before: AccountPicture | null = null;
      const account = await change(id, null, ({ picture: present, ...rest }) => {
        before = present ?? null;
        return picture ? { ...rest, picture } : rest;
      });
      return { account, before: before as AccountPicture | null };
    },

    /**
     * The first step of a deletion: the account is refused everywhere from then on. May be repeated.
     * @throws AccountError `account_not_found`, `last_administrator`
     */
    close: (id: string): Promise<Account> =>
      changeInTurn(id, null, (current) => ({ ...signedOut(current), disabledAt: current.disabledAt ?? clock() })),

    /**
     * The last step of a deletion: deletes the record and the counters of its name.
     * @returns true to exactly one caller
     */
    async remove(account: Account): Promise<boolean> {
      const isRemoved = await store.delete(account.id);
      if (isRemoved) await credentials.clear(account);
      return isRemoved;
    },

    ...createProvedEmails({ store, change }),
    ...createInstalledAccounts({ passwords, keep, findByUsername, getByUsername }),

    /** Also finds disabled accounts. Null when unknown. */
    find: (id: string): Promise<Account | null> => store.find(id as AccountId),

    /** Returns the account, or null when it is unknown or disabled. */
    async findActive(id: string): Promise<Account | null> {
      const account = await store.find(id as AccountId);
      return account && account.disabledAt === null ? account : null;
    },

    verifyCredentials: credentials.verify,
  };
}

type Named = Pick<Account, 'username' | 'displayName' | 'email'>;

const usernameTaken = () => new AccountError('username_taken', 'This username is taken.');
const changed = () =>
  new AccountError('account_changed', 'Somebody changed this account meanwhile. Look at it again first.');
const lastAdministrator = () =>
  new AccountError('last_administrator', 'This is the last administrator. Make somebody else one first.');
