// How a new installation gets its first administrator: from an account that the environment describes, or
// from a link that is printed at start. There is no default password, and the first visitor gets no special
// rights.

import { spellCommand } from '../command-name.ts';
import type { Problem } from '../config/checks.ts';
import { ConfigError } from '../config/config.ts';
import { readSecret } from '../config/secrets.ts';
import { normaliseUsername } from '../core/account/account.ts';
import type { Accounts } from '../core/account/accounts.ts';
import { problemOfHash } from '../core/account/password.ts';
import { byEnvironment } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import { LinkError } from '../core/link/link.ts';
import type { Links } from '../core/link/links.ts';

/** An administrator that the environment describes. The hash is argon2id as a PHC string. */
export type DescribedAdministrator = { readonly username: string; readonly passwordHash: string };

/** Each of them may also be given with _FILE (config/secrets.ts). */
const usernameVariable = 'TESSERA_ADMIN_USERNAME';
const hashVariable = 'TESSERA_ADMIN_PASSWORD_HASH';

/**
 * Reads the administrator from the environment. Null when it describes none.
 * @throws ConfigError when the username or the hash cannot be used
 */
export function loadAdministrator(env: Readonly<Record<string, string | undefined>>): DescribedAdministrator | null {
  const [typed, passwordHash] = [readSecret(usernameVariable, env), readSecret(hashVariable, env)];
  if (!typed && !passwordHash) return null;
  const username = normaliseUsername(typed ?? '');
  const wrongHash = problemOfHash(passwordHash ?? '');
  const problems: Problem[] = [
    ...(username ? [] : [{ path: usernameVariable, message: 'is no username: 1 to 64 letters, digits or . _ @ + -' }]),
    ...(wrongHash
      ? [{ path: hashVariable, message: `${wrongHash}; make one with: ${spellCommand('account hash-password')}` }]
      : []),
  ];
  if (!username || !passwordHash || problems.length > 0) throw new ConfigError(problems);
  return { username, passwordHash };
}

export type FirstAdministratorDeps = { readonly accounts: Accounts; readonly links: Links; readonly audit: Audit };

/**
 * Creates the described administrator, or an administrator link when nobody administers yet.
 * @returns text for the operator's terminal, or null. It may contain a link that grants administration, so
 * it must not be written to the log
 */
export async function prepareAdministrator(
  { accounts, links, audit }: FirstAdministratorDeps,
  described: DescribedAdministrator | null,
): Promise<string | null> {
  if (described) return ensureDescribed(accounts, audit, described);
  try {
    const { address } = await links.makeAdministratorLink({ way: 'start', name: null });
    return `Nobody administers Tessera yet. Within 30 minutes, become the first administrator at\n  ${address}\n(once; for a new link: ${spellCommand('admin link')})\n`;
  } catch (error) {
    if (error instanceof LinkError && error.code === 'administrator_exists') return null;
    throw error;
  }
}

/** Creates the account if there is none of this name. An existing one keeps its password and roles. */
async function ensureDescribed(
  accounts: Accounts,
  audit: Audit,
  { username, passwordHash }: DescribedAdministrator,
): Promise<string | null> {
  const { account, isNew } = await accounts.ensure({ username, roles: ['administrator'] }, passwordHash);
  if (isNew) await audit.accountChanged(account.id, byEnvironment, { fields: 'created roles' });
  if (account.roles.includes('administrator')) return null;
  // Another person may own an account of this name, so an existing account is never given a role.
  return `${usernameVariable} names an account that is there and does not administer; it stays as it is.\n  ${spellCommand(`account role --username ${account.username} --set administrator`)}\n`;
}
