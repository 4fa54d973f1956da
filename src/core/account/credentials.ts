// Verifies username and password. Unknown, disabled and wrong get the same answer (security.md D4). After a
// success an outdated hash is renewed (D1).
import type { Clock } from '../../clock.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import type { Account } from './account.ts';
import { findByName, nameKey } from './account-names.ts';
import type { AccountStore } from './account-store.ts';
import { createGuessing, type Guess } from './guessing.ts';
import type { Passwords } from './password.ts';

/** `username`: as typed; a verified email address also names an account (account-names.ts). */
export type Credentials = Pick<Guess, 'address' | 'isKnown'> & { readonly username: string; readonly password: string };

/**
 * Consecutive failures of one account over its username and its address (security.md D5). The delays of
 * guessing.ts count each spelling by itself, since a shared delay would tell which address belongs to which
 * username. This limit has no answer of its own for the same reason: the password is simply wrong.
 */
const ofAccount: LimitRule = { name: 'password failures of account', points: 100, windowSeconds: 30 * 86_400 };

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
    /** Clears the counters of an account and its names. */
    async clear({ id, username, email }: Pick<Account, 'id' | 'username' | 'email'>): Promise<void> {
      await guessing.clear(username);
      if (email !== null) await guessing.clear(nameKey(email));
      await limits.clear(ofAccount, id);
    },

    /**
     * Verifies a password. Every wrong answer takes the same time. Failures of a name add up over all
     * spellings and addresses.
     * @throws AccountError `credentials_wrong`; `sign_in_delayed` with `retryAfterSeconds`
     * @throws AppError `rate_limited`, `busy`
     */
    async verify(input: Credentials): Promise<Account> {
      // A text that cannot be a username is limited as well, by itself.
      const name = nameKey(input.username);
      const guess: Guess = { name, address: input.address, password: input.password, isKnown: input.isKnown };
      return guessing.guard(guess, async () => {
        const account = await findByName(store, input.username);
        // An unknown name is counted too, so that every answer takes the same steps.
        const owner = account?.id ?? name;
        const isSpent = (await limits.count(ofAccount, owner)) >= ofAccount.points;
        const stored = account?.disabledAt === null ? account.passwordHash : null;
        const isRight = await passwords.verify(stored, input.password);
        // The password may have been reset while the hash was computed.
        if (!account || !isRight || isSpent || (await isSignedOutSince(account))) {
          await limits.add(ofAccount, owner);
          return null;
        }
        await limits.clear(ofAccount, owner);
        await rehash(account, input.password);
        return account;
      });
    },
  };
}
