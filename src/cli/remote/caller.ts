// The account that a session's tokens belong to, and what it may do, as the provider answers now.
import type { AdminApi, Json } from './admin-api.ts';
import { unexpected } from './remote-error.ts';

/** The account behind the tokens. `scopes` are what the tokens allow, `roles` what the account has. */
export type Caller = {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
};

/**
 * Reads `/admin/v1/me`.
 * @throws ProviderRefusal `role_missing` when the account has no role; RemoteError `provider_unexpected`
 */
export async function readCaller(api: Pick<AdminApi, 'get'>): Promise<Caller> {
  const { account, scopes } = (await api.get('/me')).body;
  const { username, display_name: displayName, roles } = (account ?? {}) as Json;
  if (typeof username !== 'string') throw unexpected('The provider does not say who is signed in.');
  return { username, displayName: String(displayName), roles: namesIn(roles), scopes: namesIn(scopes) };
}

/** One line for people. */
export const describeCaller = ({ username, displayName, roles }: Caller): string =>
  `${displayName} (${username}), ${roles.join(', ') || 'no role'}`;

/** The members of `whoami --json`. Published: their names do not change. */
export const callerJson = (issuer: string, { username, displayName, roles, scopes }: Caller) => ({
  issuer,
  username,
  display_name: displayName,
  roles,
  scopes,
});

/** Anything but a list counts as no names. */
const namesIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
