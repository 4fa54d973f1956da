// Accounts and the process that hashes their passwords, plugged together.

import type { Config } from '../config/config.ts';
import { type AccountsDeps, createAccounts } from '../core/account/accounts.ts';
import type { Hashing } from '../core/account/hashing.ts';
import { createPasswords } from '../core/account/password.ts';
import { siteNamesOf } from '../core/link/sign-up-rules.ts';
import type { Vault } from '../crypto.ts';
import { createHashingProcess } from '../hashing/hashing-process.ts';
import type { Store } from '../store/store.ts';

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
