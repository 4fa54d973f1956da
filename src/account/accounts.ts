// Use-cases of an account: create, find, check a password, disable. Answers are the same for unknown, disabled and wrong (security.md D4).
import type { Clock } from '../clock.ts';
import { randomSecret } from '../crypto.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import { type Account, AccountError, type AccountId, normaliseUsername } from './account.ts';
import type { AccountStore } from './account-store.ts';
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

/** Consecutive failures of one name, whoever asks. At 100 the password is off until reset (NIST SP 800-63B-4 §3.2.2). */
const failures: LimitRule = { name: 'password failures', points: 100, windowSeconds: 30 * 86_400 };
/** The pause before the next try of a name that failed repeatedly. */
const pause: LimitRule = { name: 'password pause', points: 0, windowSeconds: 1 };
/** Tries from one address over all names: spraying. */
const perAddress: LimitRule = { name: 'password tries of address', points: 100, windowSeconds: 600 };

const freeFailures = 5;
const longestPauseSeconds = 900;

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ store, passwords, limits, clock }: AccountsDeps) {
  async function checkPause(name: string): Promise<void> {
    const failed = await limits.count(failures, name);
    const paused = await limits.read(pause, name);
    // Beyond the hundredth failure no pause ends: only a passkey or a reset helps.
    const seconds = failed >= failures.points ? longestPauseSeconds : paused ? paused.resetsAt - clock() : 0;
    if (seconds > 0) throw delayed(seconds);
  }

  async function countFailure(name: string): Promise<void> {
    const { count } = await limits.add(failures, name);
    if (count < freeFailures) return;
    const seconds = Math.min(2 ** (count - freeFailures), longestPauseSeconds);
    await limits.add({ ...pause, windowSeconds: seconds }, name);
  }

  async function clearFailures(name: string): Promise<void> {
    await limits.clear(failures, name);
    await limits.clear(pause, name);
  }

  async function rehash(account: Account, password: string): Promise<void> {
    if (!account.passwordHash || !passwords.needsRehash(account.passwordHash)) return;
    const passwordHash = await passwords.hash(password);
    await store.update(account.id, (current) => ({ ...current, passwordHash }));
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
      const name = normaliseUsername(input.username) ?? '';
      await limits.use(perAddress, input.address);
      await checkPause(name);
      const account = name ? await store.findByUsername(name) : null;
      const stored = account?.disabledAt === null ? account.passwordHash : null;
      const isRight = await passwords.verify(stored, input.password);
      if (!account || !isRight) {
        await countFailure(name);
        throw new AccountError('credentials_wrong', 'Username or password is wrong.');
      }
      await clearFailures(name);
      await rehash(account, input.password);
      return account;
    },

    disable: (username: string) => setDisabled(username, true),
    enable: (username: string) => setDisabled(username, false),

    /** Development only: makes the accounts that are not there yet. */
    async ensureDemo(list: readonly NewAccount[]): Promise<void> {
      for (const demo of list) if (!(await findByUsername(demo.username))) await create(demo);
    },
  };
}

const delayed = (seconds: number) =>
  new AccountError('sign_in_delayed', 'Too many wrong passwords. Wait before the next try.', {
    facts: { retryAfterSeconds: seconds },
  });
