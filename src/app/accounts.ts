// Accounts and the process that hashes their passwords, plugged together.

import { type AccountsDeps, createAccounts } from '../account/accounts.ts';
import type { Hashing } from '../account/hashing.ts';
import { createPasswords } from '../account/password.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../crypto.ts';
import { siteNamesOf } from '../link/sign-up-rules.ts';
import type { Store } from '../store/store.ts';
import { createHashingProcess } from './hashing.ts';

export type OpenAccountsDeps = Pick<AccountsDeps, 'limits' | 'clock'> & {
  readonly config: Config;
  readonly store: Store;
  readonly vault: Vault;
  /** Who hashes passwords; absent: a process of its own. */
  readonly hashing?: Hashing | undefined;
};

export function openAccounts({ config, store, vault, limits, clock, hashing }: OpenAccountsDeps) {
  const own = createHashingProcess(config.password.argon2_concurrency);
  const accounts = createAccounts({
    store: store.accounts,
    passwords: createPasswords(config.password, hashing ?? own),
    limits,
    clock,
    siteNames: siteNamesOf(config.issuer),
    maskPassword: (password) => vault.mac(password, 'password'),
  });
  return { accounts, stopHashing: own.close };
}
