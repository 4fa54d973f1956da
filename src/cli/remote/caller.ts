// Who a session's tokens speak for, and what they may do: as the provider sees it now.
import type { AdminApi, Json } from './admin-api.ts';
import { unexpected } from './remote-error.ts';

export type Caller = {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
};

/** @throws ProviderRefusal `role_missing` to somebody who administers nothing there */
export async function readCaller(api: Pick<AdminApi, 'get'>): Promise<Caller> {
  const { account, scopes } = (await api.get('/me')).body;
  const { username, display_name: displayName, roles } = (account ?? {}) as Json;
  if (typeof username !== 'string') throw unexpected('The provider does not say who is signed in.');
  return { username, displayName: String(displayName), roles: namesIn(roles), scopes: namesIn(scopes) };
}

export const describeCaller = ({ username, displayName, roles }: Caller): string =>
  `${displayName} (${username}), ${roles.join(', ') || 'no role'}`;

export const callerJson = (issuer: string, { username, displayName, roles, scopes }: Caller) => ({
  issuer,
  username,
  display_name: displayName,
  roles,
  scopes,
});

const namesIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
