// Guessing passwords: how the wrong ones of a name and of an address add up, and what that delays (security.md D5, G3). A name is limited
// alike whether an account has it or not. Only passwords: a phone or passkey signs in meanwhile.
import type { Clock } from '../../clock.ts';
import type { AppError } from '../../errors.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import { type Account, AccountError } from './account.ts';

/** Consecutive failures of one name, whoever asks. At 100 the password is off until reset (NIST SP 800-63B-4 §3.2.2). */
const failuresOf = (kind: string): LimitRule => ({ name: `${kind} failures`, points: 100, windowSeconds: 30 * 86_400 });
/** The pause before the next try of a name that failed repeatedly. */
const pauseOf = (kind: string): LimitRule => ({ name: `${kind} pause`, points: 0, windowSeconds: 1 });
/** After a pause one try at a time: many at once would otherwise all be free. Ends by itself should the process die meanwhile. */
const turnOf = (kind: string): LimitRule => ({ name: `${kind} turn`, points: 1, windowSeconds: 10 });
/** Tries from one address over all names: spraying. */
const perAddressOf = (kind: string): LimitRule => ({
  name: `${kind} tries of address`,
  points: 100,
  windowSeconds: 600,
});

/** One password over many names, from wherever: each name counts once an hour, and beyond so many the password is tried no more (G3). */
const passwordOfName: LimitRule = { name: 'password of name', points: 1, windowSeconds: 3600 };
const namesOfPassword: LimitRule = { name: 'names of password', points: 30, windowSeconds: 3600 };

/** One try. */
export type Guess = {
  readonly name: string;
  readonly address: string;
  readonly password: string;
  /** Whether it comes from where this name signed in before; asked only when it matters. */
  readonly isKnown?: (() => Promise<boolean>) | undefined;
};

type GuessingDeps = {
  readonly limits: Limits;
  readonly clock: Clock;
  /** Keyed digest of a password. Null: the same password tried with many names is not counted. */
  readonly maskPassword: ((password: string) => string) | null;
  /** What is guessed: each kind is counted apart. */
  readonly kind?: string;
  readonly onWrong?: () => AppError;
};

const freeFailures = 5;
const longestPauseSeconds = 900;

export function createGuessing({ limits, clock, maskPassword, kind = 'password', onWrong = wrong }: GuessingDeps) {
  const [failures, pause, turn, perAddress] = [failuresOf(kind), pauseOf(kind), turnOf(kind), perAddressOf(kind)];

  /** @returns consecutive failures so far */
  async function checkPause(name: string): Promise<number> {
    const failed = await limits.count(failures, name);
    const paused = await limits.read(pause, name);
    // Beyond the hundredth failure no pause ends.
    const seconds = failed >= failures.points ? longestPauseSeconds : paused ? paused.resetsAt - clock() : 0;
    if (seconds > 0) throw delayed(seconds);
    return failed;
  }

  async function countFailure(name: string): Promise<void> {
    const { count } = await limits.add(failures, name);
    if (count < freeFailures) return;
    const seconds = Math.min(2 ** (count - freeFailures), longestPauseSeconds);
    await limits.add({ ...pause, windowSeconds: seconds }, name);
  }

  async function clear(name: string): Promise<void> {
    await limits.clear(failures, name);
    await limits.clear(pause, name);
  }

  /**
   * Counted before it is looked at, so that many at once are not all free. @returns takes it back: a password that is right is no spraying.
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
      // Once more: the one before may have failed between our look and our turn.
      await checkPause(name);
      return await tryOnce(name, check);
    } finally {
      await limits.clear(turn, name);
    }
  }

  return {
    /** Nothing is held against the name any more. */
    clear,

    /**
     * Runs `check`, which returns the account or null when the password is wrong, unless this name or address has to wait.
     * @throws AccountError `credentials_wrong`; `sign_in_delayed` with `retryAfterSeconds`. AppError `rate_limited`.
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
