// Use-cases of an account: create, find, check a password, disable. Answers are the same for unknown, disabled and wrong (security.md D4).
import type { Clock } from '../clock.ts';
import { randomSecret } from '../crypto.ts';
import type { Limits } from '../limit/limit.ts';
import { type Account, AccountError, type AccountId, normaliseUsername } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { createGuessing } from './guessing.ts';
import { checkNewPassword, type Passwords } from './password.ts';

export type NewAccount = {
  readonly username: string;
  readonly displayName?: string | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly locale?: string | null | undefined;
  readonly password: string;
};

export type AccountsDeps = {
  readonly store: AccountStore;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly clock: Clock;
};

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ store, passwords, limits, clock }: AccountsDeps) {
  const guessing = createGuessing({ limits, clock });

  /** The person is signed in whether or not this succeeds; and a password changed meanwhile stays changed. */
  async function rehash(account: Account, password: string): Promise<void> {
    const outdated = account.passwordHash;
    if (!outdated || !passwords.needsRehash(outdated)) return;
    const passwordHash = await passwords.hash(password).catch(() => outdated);
    await store.update(account.id, (current) =>
      current.passwordHash === outdated ? { ...current, passwordHash } : current,
    );
  }

  async function create(input: NewAccount): Promise<Account> {
    const username = normaliseUsername(input.username);
    if (!username) throw new AccountError('username_invalid', 'A username has 1 to 64 letters, digits or . _ @ + -.');
    checkNewPassword(input.password, [username]);
    const now = clock();
    const account: Account = {
      id: randomSecret(128) as AccountId,
      username,
      displayName: input.displayName?.trim() || username,
      email: input.email ?? null,
      emailVerified: input.emailVerified ?? false,
      phoneNumber: null,
      locale: input.locale ?? null,
      passwordHash: await passwords.hash(input.password),
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
    };
    if (!(await store.create(account))) throw new AccountError('username_taken', 'This username is taken.');
    return account;
  }

  async function setDisabled(username: string, isDisabled: boolean): Promise<Account> {
    const found = await findByUsername(username);
    const change = (current: Account): Account => ({
      ...current,
      disabledAt: isDisabled ? clock() : null,
      updatedAt: clock(),
    });
    const account = found && (await store.update(found.id, change));
    if (!account) throw new AccountError('account_not_found', 'There is no account with this username.');
    return account;
  }

  async function findByUsername(typed: string): Promise<Account | null> {
    const username = normaliseUsername(typed);
    return username ? store.findByUsername(username) : null;
  }

  return {
    /** @throws AccountError `username_taken`, `username_invalid`, `password_…` */
    create,
    findByUsername,

    /** Disabled ones too. */
    find: (id: string): Promise<Account | null> => store.find(id as AccountId),

    /** The account, or null when unknown or disabled. */
    async findActive(id: string): Promise<Account | null> {
      const account = await store.find(id as AccountId);
      return account && account.disabledAt === null ? account : null;
    },

    /**
     * Checks username and password. Costs the same for every wrong answer; failures of a name add up over all spellings and addresses.
     * @throws AccountError `credentials_wrong`; `sign_in_delayed` with `retryAfterSeconds`. AppError `rate_limited`, `busy`.
     */
    async verifyCredentials(input: { username: string; password: string; address: string }): Promise<Account> {
      const username = normaliseUsername(input.username);
      // What cannot be a username is limited like one, by its own text.
      const name = username ?? input.username.normalize('NFKC').trim().toLowerCase();
      return guessing.guard(name, input.address, async () => {
        const account = username ? await store.findByUsername(username) : null;
        const stored = account?.disabledAt === null ? account.passwordHash : null;
        const isRight = await passwords.verify(stored, input.password);
        if (!account || !isRight) return null;
        await rehash(account, input.password);
        return account;
      });
    },

    disable: (username: string) => setDisabled(username, true),
    enable: (username: string) => setDisabled(username, false),

    /** Development only: makes the accounts that are not there yet. */
    async ensureDemo(list: readonly NewAccount[]): Promise<void> {
      for (const demo of list) {
        if (await findByUsername(demo.username)) continue;
        await create(demo).catch((error: unknown) => {
          // Another process was faster.
          if (!(error instanceof AccountError && error.code === 'username_taken')) throw error;
        });
      }
    },
  };
}
