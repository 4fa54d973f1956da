// The kinds of relying party that the form knows: what each is in the protocol's words, so that nobody has to know them, and what it asks.
import type { Account } from '../../../core/account/account.ts';
import { adminScopes, ownScopes } from '../../../core/client/client-schema.ts';

export const kinds = ['web', 'spa', 'native', 'device', 'machine'] as const;
export type Kind = (typeof kinds)[number];

type Entry = Readonly<Record<string, unknown>>;

const forPeople = {
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email offline_access',
};

/** Where each begins. RFC 9700 §2.1.1, RFC 8252 §8.4: no secret can be kept in a page or an app. */
export const defaultsOf: Readonly<Record<Kind, Entry>> = {
  web: { ...forPeople, token_endpoint_auth_method: 'client_secret_basic' },
  spa: { ...forPeople, token_endpoint_auth_method: 'none' },
  native: { ...forPeople, token_endpoint_auth_method: 'none', application_type: 'native' },
  device: { token_endpoint_auth_method: 'none', grant_types: [], scope: 'openid profile', device_grant: true },
  machine: { token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials'], scope: '' },
};

export const kindNamed = (name: string | undefined): Kind => kinds.find((kind) => kind === name) ?? 'web';

const grantsOf = (entry: Entry): unknown[] => [entry.grant_types ?? 'authorization_code'].flat();

/** What an existing one is, by what it says. */
export function kindOf(entry: Entry): Kind {
  if (grantsOf(entry).includes('client_credentials')) return 'machine';
  if (entry.device_grant === true && !grantsOf(entry).includes('authorization_code')) return 'device';
  if (entry.application_type === 'native') return 'native';
  return entry.token_endpoint_auth_method === 'none' ? 'spa' : 'web';
}

/**
 * Of the provider's own scopes those that this person may give: never more than their role can do itself (security.md E7). Whoever approves
 * sign-ins may become anybody, so `approve` is an administrator's alone to give.
 */
export const scopesToGive = ({ roles }: Account): readonly string[] =>
  roles.includes('administrator') ? ownScopes : adminScopes.filter((name) => name.startsWith('clients:'));

/** The grant that phishing uses most is an administrator's alone to switch on. */
export const mayGrantDevices = ({ roles }: Account): boolean => roles.includes('administrator');

/** Those of `scope` that are not theirs to give. */
export function scopesBeyond(account: Account, scope: unknown): string[] {
  const wanted = typeof scope === 'string' ? scope.split(' ') : [];
  const all: readonly string[] = ownScopes;
  return wanted.filter((name) => all.includes(name) && !scopesToGive(account).includes(name));
}
