// Who calls the administration API, and what a person's role lets them do there: the same as at the console (security.md E2), in scopes.
import type { Account } from '../../core/account/account.ts';
import { type Actor, byAccount, byClient } from '../../core/audit/actor.ts';
import { adminScopes } from '../../core/client/client-schema.ts';
import type { AdminCaller, AdminScope } from './operation.ts';

const isOfClients = (scope: AdminScope): boolean => scope.startsWith('clients:');
const isReading = (scope: AdminScope): boolean => scope.endsWith(':read');

/** Of this moment: a role that was taken away counts with the next request. */
export function scopesOfRoles({ roles }: Pick<Account, 'roles'>): readonly AdminScope[] {
  if (roles.includes('administrator')) return adminScopes;
  return adminScopes.filter(
    (scope) =>
      (roles.includes('client-manager') && isOfClients(scope)) || (roles.includes('auditor') && isReading(scope)),
  );
}

/** Who is recorded: a person by the command line stands there as that person. */
export const actorOf = ({ account, clientId }: AdminCaller): Actor =>
  account ? byAccount(account) : byClient(clientId);

/** The same for records that concern nobody in particular. */
export const whoOf = ({ account, clientId }: AdminCaller): { accountId: string } | { clientId: string } =>
  account ? { accountId: account.id } : { clientId };

/** Whether what is an administrator's alone may be done. No machine is one. */
export const isAdministrator = ({ account }: AdminCaller): boolean => account?.roles.includes('administrator') ?? false;
