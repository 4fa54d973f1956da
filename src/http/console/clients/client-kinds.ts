// The kinds of app that the form knows, and what each is in the terms of the protocol, so that nobody has to
// know those.
import type { Account } from '../../../core/account/account.ts';
import { adminScopes, ownScopes } from '../../../core/client/client-schema.ts';

export const kinds = ['web', 'spa', 'native', 'screen', 'machine'] as const;
export type Kind = (typeof kinds)[number];

type Entry = Readonly<Record<string, unknown>>;

const forPeople = {
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email offline_access',
};

/**
 * The settings that each kind begins with. A page or an app cannot keep a secret (RFC 9700 §2.1.1, RFC 8252
 * §8.4).
 */
export const defaultsOf: Readonly<Record<Kind, Entry>> = {
  web: { ...forPeople, token_endpoint_auth_method: 'client_secret_basic' },
  spa: { ...forPeople, token_endpoint_auth_method: 'none' },
  native: { ...forPeople, token_endpoint_auth_method: 'none', application_type: 'native' },
  screen: { token_endpoint_auth_method: 'none', grant_types: [], scope: 'openid profile', device_grant: true },
  machine: { token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials'], scope: '' },
};

/** The kind of this name; `web` for an unknown one. */
export const kindNamed = (name: string | undefined): Kind => kinds.find((kind) => kind === name) ?? 'web';

const grantsOf = (entry: Entry): unknown[] => [entry.grant_types ?? 'authorization_code'].flat();

/** The kind of an existing client, by its settings. */
export function kindOf(entry: Entry): Kind {
  if (grantsOf(entry).includes('client_credentials')) return 'machine';
  if (entry.device_grant === true && !grantsOf(entry).includes('authorization_code')) return 'screen';
  if (entry.application_type === 'native') return 'native';
  return entry.token_endpoint_auth_method === 'none' ? 'spa' : 'web';
}

/**
 * The provider's own scopes that this person may give: never more than their role may do (security.md E7).
 * Whoever approves sign-ins may become anybody, so only an administrator gives `approve`.
 */
export const scopesToGive = ({ roles }: Account): readonly string[] =>
  roles.includes('administrator') ? ownScopes : adminScopes.filter((name) => name.startsWith('clients:'));

/** The device grant is the one that phishing uses most, so only an administrator may switch it on. */
export const mayAddScreens = ({ roles }: Account): boolean => roles.includes('administrator');

/** The scopes in `scope` that this account may not give. */
export function scopesBeyond(account: Account, scope: unknown): string[] {
  const wanted = typeof scope === 'string' ? scope.split(' ') : [];
  const all: readonly string[] = ownScopes;
  return wanted.filter((name) => all.includes(name) && !scopesToGive(account).includes(name));
}
