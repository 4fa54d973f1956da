// Accounts that an installation brings along, by a script or for the demo. Part of accounts.ts.
import { type Account, AccountError, type NewAccount } from './account.ts';
import type { Passwords } from './password.ts';

export type InstalledAccountsDeps = {
  readonly passwords: Pick<Passwords, 'hash'>;
  /**
   * Stores a new account without checking its password.
   * @throws AccountError `username_taken`, `username_invalid`
   */
  readonly keep: (input: Omit<NewAccount, 'password'>, passwordHash: string | null) => Promise<Account>;
  readonly findByUsername: (username: string) => Promise<Account | null>;
  readonly getByUsername: (username: string) => Promise<Account>;
};

export function createInstalledAccounts({ passwords, keep, findByUsername, getByUsername }: InstalledAccountsDeps) {
  return {
    /**
     * For installation by script: creates an account with this hash (checked by `problemOfHash`) unless the
     * username exists. An existing account stays unchanged, whatever its password and roles.
     * @returns the account, and whether it is new
     * @throws AccountError `username_invalid`
     */
    async ensure(
      input: Omit<NewAccount, 'password'>,
      passwordHash: string,
    ): Promise<{ account: Account; isNew: boolean }> {
      const present = await findByUsername(input.username);
      if (present) return { account: present, isNew: false };
      try {
        return { account: await keep(input, passwordHash), isNew: true };
      } catch (error) {
        ignoreTaken(error);
        return { account: await getByUsername(input.username), isNew: false };
      }
    },

    /** For development: creates the accounts that do not exist yet. */
    async ensureDemo(list: readonly NewAccount[]): Promise<void> {
      for (const demo of list) {
        if (await findByUsername(demo.username)) continue;
        const { password, ...input } = demo;
        // Passwords of the demo are published, so their strength is not checked.
        const passwordHash = password === null ? null : await passwords.hash(password);
        await keep(input, passwordHash).catch(ignoreTaken);
      }
    },
  };
}

/** Another process may have created the account first. @throws `error` when it says anything else */
function ignoreTaken(error: unknown): void {
  if (!(error instanceof AccountError && error.code === 'username_taken')) throw error;
}
