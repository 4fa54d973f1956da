// Verifies username and password. Unknown, disabled and wrong get the same answer (security.md D4). After a
// success an outdated hash is renewed (D1).
import type { Clock } from '../../clock.ts';
import type { Limits } from '../limit/limit.ts';
import { type Account, normaliseUsername } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { createGuessing, type Guess } from './guessing.ts';
import type { Passwords } from './password.ts';

export type Credentials = Pick<Guess, 'address' | 'isKnown'> & { readonly username: string; readonly password: string };

export type CredentialsDeps = {
  readonly store: AccountStore;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly clock: Clock;
  /**
   * Keyed digest of a password, by which the same password is counted over many names (security.md G3). Null
   * for callers that verify no passwords: sprayed passwords are then not counted.
   */
  readonly maskPassword: ((password: string) => string) | null;
};

export function createCredentials({ store, passwords, limits, clock, maskPassword }: CredentialsDeps) {
  const guessing = createGuessing({ limits, clock, maskPassword });

  /** A failure does not stop the sign-in. A password that was changed meanwhile is not overwritten. */
  async function rehash(account: Account, password: string): Promise<void> {
    const outdated = account.passwordHash;
    if (!outdated || !passwords.needsRehash(outdated)) return;
    const passwordHash = await passwords.hash(password).catch(() => outdated);
    await store.update(account.id, (current) =>
      current.passwordHash === outdated ? { ...current, passwordHash } : current,
    );
  }

  const isSignedOutSince = async ({ id, signOuts }: Account): Promise<boolean> =>
    (await store.find(id))?.signOuts !== signOuts;

  return {
    /** Clears the counters of a name. */
    clear: guessing.clear,

    /**
     * Verifies a password. Every wrong answer takes the same time. Failures of a name add up over all
     * spellings and addresses.
     * @throws AccountError `credentials_wrong`; `sign_in_delayed` with `retryAfterSeconds`
     * @throws AppError `rate_limited`, `busy`
     */
    async verify(input: Credentials): Promise<Account> {
      const username = normaliseUsername(input.username);
      // A text that cannot be a username is limited as well, by itself.
      const name = username ?? input.username.normalize('NFKC').trim().toLowerCase();
      const guess: Guess = { name, address: input.address, password: input.password, isKnown: input.isKnown };
      return guessing.guard(guess, async () => {
        const account = username ? await store.findByUsername(username) : null;
        const stored = account?.disabledAt === null ? account.passwordHash : null;
        const isRight = await passwords.verify(stored, input.password);
        // The password may have been reset while the hash was computed.
        if (!account || !isRight || (await isSignedOutSince(account))) return null;
        await rehash(account, input.password);
        return account;
      });
    },
  };
}
