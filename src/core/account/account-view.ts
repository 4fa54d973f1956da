// An account as administrators see it, by API and on the command line. It contains no credentials.
import type { Account } from './account.ts';

/** The published JSON of an account. */
export const describeAccount = (account: Omit<Account, 'passwordHash' | 'phoneNumber'>) => ({
  id: account.id,
  username: account.username,
  display_name: account.displayName,
  email: account.email,
  email_verified: account.emailVerified,
  locale: account.locale,
  roles: account.roles,
  enabled: account.disabledAt === null,
  created_at: account.createdAt,
  updated_at: account.updatedAt,
});
