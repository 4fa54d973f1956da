// How PKCE is switched on in libraries that leave it off. Names and code only, the same in every language.

/** A library, and the setting to change. */
export type PkceSetting = { readonly library: string; readonly setting: string };

export const pkceSettings: readonly PkceSetting[] = [
  { library: 'Spring Security', setting: 'OAuth2AuthorizationRequestCustomizers.withPkce()' },
  { library: 'Quarkus', setting: 'quarkus.oidc.authentication.pkce-required=true' },
  { library: 'oauth2-proxy', setting: 'code_challenge_method = "S256"' },
  { library: 'Authlib', setting: "client_kwargs={'code_challenge_method': 'S256'}" },
  { library: 'mozilla-django-oidc', setting: 'OIDC_USE_PKCE = True' },
  { library: 'django-allauth', setting: "'OAUTH_PKCE_ENABLED': True" },
  { library: 'go-oidc, golang.org/x/oauth2', setting: 'oauth2.S256ChallengeOption(verifier)' },
  { library: 'Apache mod_auth_openidc', setting: 'OIDCPKCEMethod S256' },
  { library: 'Grafana', setting: 'use_pkce = true' },
  { library: 'GitLab, omniauth_openid_connect', setting: 'pkce: true' },
  { library: 'Passport', setting: "import { Strategy } from 'openid-client/passport'" },
];
