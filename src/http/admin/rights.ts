// What a person's role lets them do by the administration API: the same as at the console (security.md E2),
// expressed in scopes.
import type { Account } from '../../core/account/account.ts';
import { type Actor, byAccount, byClient } from '../../core/audit/actor.ts';
import { adminScopes } from '../../core/client/client-schema.ts';
import type { AdminCaller, AdminScope } from './operation.ts';

/** Whether a scope is a client manager's. */
const isOfClients = (scope: AdminScope): boolean => scope.startsWith('clients:');
/** Whether a scope is an auditor's. */
const isReading = (scope: AdminScope): boolean => scope.endsWith(':read');

/**
 * The scopes of the roles at this moment. A role that was taken away stops counting with the next request.
 */
export function scopesOfRoles({ roles }: Pick<Account, 'roles'>): readonly AdminScope[] {
  if (roles.includes('administrator')) return adminScopes;
  return adminScopes.filter(
    (scope) =>
      (roles.includes('client-manager') && isOfClients(scope)) || (roles.includes('auditor') && isReading(scope)),
  );
}

/** Who is recorded: a person who works by a client is recorded as that person. */
export const actorOf = ({ account, clientId }: AdminCaller): Actor =>
  account ? byAccount(account) : byClient(clientId);

/** The same, for records that concern no account and no client. */
export const whoOf = ({ account, clientId }: AdminCaller): { accountId: string } | { clientId: string } =>
  account ? { accountId: account.id } : { clientId };

/** Whether the caller is an administrator. A machine never is. */
export const isAdministrator = ({ account }: AdminCaller): boolean => account?.roles.includes('administrator') ?? false;
