// Guessing passwords: how the wrong ones of a name and of an address add up, and what that delays (security.md D5, G3). A name is limited
// alike whether an account has it or not. Only passwords: a phone or passkey signs in meanwhile.
import type { Clock } from '../clock.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import { type Account, AccountError } from './account.ts';

/** Consecutive failures of one name, whoever asks. At 100 the password is off until reset (NIST SP 800-63B-4 §3.2.2). */
const failures: LimitRule = { name: 'password failures', points: 100, windowSeconds: 30 * 86_400 };
/** The pause before the next try of a name that failed repeatedly. */
const pause: LimitRule = { name: 'password pause', points: 0, windowSeconds: 1 };
/** After a pause one try at a time: many at once would otherwise all be free. Ends by itself should the process die meanwhile. */
const turn: LimitRule = { name: 'password turn', points: 1, windowSeconds: 10 };
/** Tries from one address over all names: spraying. */
const perAddress: LimitRule = { name: 'password tries of address', points: 100, windowSeconds: 600 };

const freeFailures = 5;
const longestPauseSeconds = 900;

export function createGuessing({ limits, clock }: { limits: Limits; clock: Clock }) {
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

  async function tryOnce(name: string, check: () => Promise<Account | null>): Promise<Account> {
    const account = await check();
    if (account) {
      await clear(name);
      return account;
    }
    await countFailure(name);
    throw new AccountError('credentials_wrong', 'Username or password is wrong.');
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
    async guard(name: string, address: string, check: () => Promise<Account | null>): Promise<Account> {
      await limits.use(perAddress, address);
      const failed = await checkPause(name);
      return failed < freeFailures ? tryOnce(name, check) : tryInTurn(name, check);
    },
  };
}

const delayed = (seconds: number) =>
  new AccountError('sign_in_delayed', 'Too many wrong passwords. Wait before the next try.', {
    facts: { retryAfterSeconds: Math.max(1, seconds) },
  });
