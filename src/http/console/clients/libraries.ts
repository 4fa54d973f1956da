// The libraries that there is code for: which kinds of app they suit, and how the code authenticates at the
// token endpoint.
import type { Client } from '../../../core/client/client.ts';

export type ClientKind = 'web' | 'spa' | 'native' | 'screen' | 'machine';
export type LibraryId = (typeof libraries)[number]['id'];

type Library = {
  readonly id: string;
  /** The library's own name, which is not translated. */
  readonly label: string;
  readonly suits: readonly ClientKind[];
  readonly methods: readonly string[];
};

const secretOrNone = ['client_secret_basic', 'client_secret_post', 'none'] as const;

/** In the order in which they are offered. */
export const libraries = [
  { id: 'oidc-client-ts', label: 'oidc-client-ts', suits: ['spa'], methods: ['none'] },
  {
    id: 'openid-client',
    label: 'openid-client',
    suits: ['web', 'native'],
    methods: [...secretOrNone, 'private_key_jwt'],
  },
  {
    id: 'openid-client-device',
    label: 'openid-client, RFC 8628',
    suits: ['screen'],
    methods: [...secretOrNone, 'private_key_jwt'],
  },
  { id: 'curl-device', label: 'curl, RFC 8628', suits: ['screen'], methods: secretOrNone },
  { id: 'authjs', label: 'Auth.js', suits: ['web'], methods: secretOrNone },
  { id: 'passport', label: 'Passport', suits: ['web'], methods: secretOrNone },
  { id: 'spring', label: 'Spring Security', suits: ['web'], methods: secretOrNone },
  { id: 'aspnet', label: 'ASP.NET Core', suits: ['web'], methods: ['client_secret_post', 'none'] },
  { id: 'authlib-flask', label: 'Authlib, Flask', suits: ['web'], methods: secretOrNone },
  { id: 'authlib-django', label: 'Authlib, Django', suits: ['web'], methods: secretOrNone },
  { id: 'laravel', label: 'Laravel Socialite', suits: ['web'], methods: ['client_secret_basic', 'client_secret_post'] },
  { id: 'go-oidc', label: 'Go, coreos/go-oidc', suits: ['web', 'native'], methods: secretOrNone },
  { id: 'apache', label: 'Apache mod_auth_openidc', suits: ['web'], methods: secretOrNone },
  { id: 'oauth2-proxy', label: 'oauth2-proxy', suits: ['web'], methods: ['client_secret_basic', 'client_secret_post'] },
  { id: 'nginx', label: 'nginx', suits: ['web'], methods: [...secretOrNone, 'private_key_jwt'] },
  {
    id: 'curl',
    label: 'curl',
    suits: ['machine'],
    methods: ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'],
  },
] as const satisfies readonly Library[];

/** Stands for the secret. Secrets are stored as hashes only, so the real one cannot be filled in. */
export const placeholderSecret = '<your client secret>';

/** The kind of a registered client. */
export function clientKindOf({ metadata }: Client): ClientKind {
  const grants = metadata.grant_types;
  if (Array.isArray(grants) && grants.includes('client_credentials')) return 'machine';
  if (metadata.device_grant === true && Array.isArray(grants) && !grants.includes('authorization_code'))
    return 'screen';
  if (metadata.application_type === 'native') return 'native';
  return metadata.token_endpoint_auth_method === 'none' ? 'spa' : 'web';
}

const list: readonly (Library & { readonly id: LibraryId })[] = libraries;

/** Whether no redirect leads back to it, so that it has no sign-in page of its own. */
export const isWithoutRedirect = (kind: ClientKind): boolean => kind === 'machine' || kind === 'screen';

/**
 * The libraries that suit the app, and the others. An app without redirects is offered only what suits it.
 */
export function librariesFor(client: Client) {
  const kind = clientKindOf(client);
  const mayBeScreen = client.metadata.device_grant === true;
  const offered = list.filter(({ suits }) => mayBeScreen || !suits.includes('screen'));
  const suited = offered.filter(({ suits }) => suits.includes(kind) || (mayBeScreen && suits.includes('screen')));
  return { suited, others: isWithoutRedirect(kind) ? [] : offered.filter((library) => !suited.includes(library)) };
}

/** The methods of client authentication that a library's code can use. */
export const provesItselfBy = (id: LibraryId): readonly string[] =>
  list.find((library) => library.id === id)?.methods ?? [];
