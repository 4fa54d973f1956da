// Limits guessing of passwords: how wrong ones of a name and of an address add up, and how long the next try
// must wait (security.md D5, G3). A name is limited alike whether an account has it or not. Only passwords
// are limited; a phone or passkey still signs in.
import type { Clock } from '../../clock.ts';
import type { AppError } from '../../errors.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import { type Account, AccountError } from './account.ts';

/**
 * Consecutive failures of one name, from any address. After 100 the password is disabled until it is reset
 * (NIST SP 800-63B-4 §3.2.2).
 */
const failuresOf = (kind: string): LimitRule => ({ name: `${kind} failures`, points: 100, windowSeconds: 30 * 86_400 });
/** The delay before the next try of a name that failed repeatedly. */
const pauseOf = (kind: string): LimitRule => ({ name: `${kind} pause`, points: 0, windowSeconds: 1 });
/**
 * After a delay tries run one at a time; otherwise many concurrent tries would all be free. The lock expires
 * if the process dies.
 */
const turnOf = (kind: string): LimitRule => ({ name: `${kind} turn`, points: 1, windowSeconds: 10 });
/** Tries from one address over all names (password spraying). */
const perAddressOf = (kind: string): LimitRule => ({
  name: `${kind} tries of address`,
  points: 100,
  windowSeconds: 600,
});

/**
 * One password tried with many names, from any address. Each name counts once an hour; beyond the limit the
 * password is refused (G3).
 */
const passwordOfName: LimitRule = { name: 'password of name', points: 1, windowSeconds: 3600 };
const namesOfPassword: LimitRule = { name: 'names of password', points: 30, windowSeconds: 3600 };

/** One try of a password. */
export type Guess = {
  readonly name: string;
  readonly address: string;
  readonly password: string;
  /** Whether the try comes from a browser where this name signed in before. Called only when it matters. */
  readonly isKnown?: (() => Promise<boolean>) | undefined;
};

type GuessingDeps = {
  readonly limits: Limits;
  readonly clock: Clock;
  /** Keyed digest of a password. Null: the same password tried with many names is not counted. */
  readonly maskPassword: ((password: string) => string) | null;
  /** What is guessed. Kinds are counted separately. */
  readonly kind?: string;
  readonly onWrong?: () => AppError;
};

const freeFailures = 5;
const maxPauseSeconds = 900;

export function createGuessing({ limits, clock, maskPassword, kind = 'password', onWrong = wrong }: GuessingDeps) {
  const [failures, pause, turn, perAddress] = [failuresOf(kind), pauseOf(kind), turnOf(kind), perAddressOf(kind)];

  /** @returns the consecutive failures so far @throws AccountError `sign_in_delayed` */
  async function checkPause(name: string): Promise<number> {
    const failed = await limits.count(failures, name);
    const paused = await limits.read(pause, name);
    // From the hundredth failure on the delay never ends.
    const seconds = failed >= failures.points ? maxPauseSeconds : paused ? paused.resetsAt - clock() : 0;
    if (seconds > 0) throw delayed(seconds);
    return failed;
  }

  async function countFailure(name: string): Promise<void> {
    const { count } = await limits.add(failures, name);
    if (count < freeFailures) return;
    const seconds = Math.min(2 ** (count - freeFailures), maxPauseSeconds);
    await limits.add({ ...pause, windowSeconds: seconds }, name);
  }

  async function clear(name: string): Promise<void> {
    await limits.clear(failures, name);
    await limits.clear(pause, name);
  }

  /**
   * Counts the password before it is checked, so that concurrent tries are not all free.
   * @returns a function that takes the count back, for a right password
   * @throws AccountError `sign_in_delayed`
   */
  async function countSpread({ name, password, isKnown }: Guess): Promise<() => Promise<void>> {
    if (!maskPassword) return async () => undefined;
    const mask = maskPassword(password);
    const isFirst = (await limits.add(passwordOfName, `${mask} ${name}`)).count === 1;
    const spread = isFirst ? await limits.add(namesOfPassword, mask) : await limits.read(namesOfPassword, mask);
    if (spread && spread.count > namesOfPassword.points && !(await isKnown?.()))
      throw delayed(spread.resetsAt - clock());
    return async () => (isFirst ? limits.giveBack(namesOfPassword, mask) : undefined);
  }

  async function tryOnce(name: string, check: () => Promise<Account | null>): Promise<Account> {
    const account = await check();
    if (account) {
      await clear(name);
      return account;
    }
    await countFailure(name);
    throw onWrong();
  }

  async function tryInTurn(name: string, check: () => Promise<Account | null>): Promise<Account> {
    const { count, resetsAt } = await limits.add(turn, name);
    if (count > turn.points) throw delayed(resetsAt - clock());
    try {
      // Checked again, because the try before may have failed in between.
      await checkPause(name);
      return await tryOnce(name, check);
    } finally {
      await limits.clear(turn, name);
    }
  }

  return {
    /** Clears the counters of a name. */
    clear,

    /**
     * Runs `check`, which returns the account or null for a wrong password, unless this name or address must
     * wait.
     * @throws AccountError `credentials_wrong`; `sign_in_delayed` with `retryAfterSeconds`
     * @throws AppError `rate_limited`
     */
    async guard(guess: Guess, check: () => Promise<Account | null>): Promise<Account> {
      const { name, address } = guess;
      await limits.use(perAddress, address);
      const failed = await checkPause(name);
      const takeBack = await countSpread(guess);
      const account = await (failed < freeFailures ? tryOnce(name, check) : tryInTurn(name, check));
      await takeBack();
      return account;
    },
  };
}

const wrong = () => new AccountError('credentials_wrong', 'Username or password is wrong.');

const delayed = (seconds: number) =>
  new AccountError('sign_in_delayed', 'Too many wrong passwords. Wait before the next try.', {
    facts: { retryAfterSeconds: Math.max(1, seconds) },
  });
