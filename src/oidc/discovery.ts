// What discovery says beyond the library's own members, and what it must not say (OIDC Discovery §3,
// RFC 8414 §2): it lists exactly what a relying party can use here.
import type { ClientAuthMethod } from 'oidc-provider';
import { unfilled } from './claims.ts';
import { promptValues } from './policy.ts';

export type DiscoveryFacts = {
  readonly issuer: string;
  readonly isRegistrationOpen: boolean;
  /** The languages of the pages (BCP 47). */
  readonly uiLocales: readonly string[];
  readonly clientAuthMethods: readonly ClientAuthMethod[];
  /** Signature algorithms of client assertions. */
  readonly clientSignatures: readonly string[];
};

/** The members that the library does not publish by itself. */
export function discoveryOf(facts: DiscoveryFacts): Record<string, unknown> {
  const methods = [...facts.clientAuthMethods];
  // RFC 8414 §2: required where private_key_jwt is a method.
  const algorithms = [...facts.clientSignatures];
  return {
    // Initiating User Registration §4.2: what is not named here would have to be refused.
    prompt_values_supported: [...promptValues],
    ui_locales_supported: [...facts.uiLocales],
    // Both endpoints authenticate clients as the token endpoint does; without these members a relying party
    // would have to assume client_secret_basic alone.
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    ...(facts.isRegistrationOpen && { registration_endpoint: `${facts.issuer}/registration` }),
  };
}

/** Removes what nobody can get from the library's document. */
export function truthful(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const filled = (names: unknown) => (Array.isArray(names) ? names.filter((name) => !unfilled.has(name)) : names);
  return {
    ...document,
    scopes_supported: filled(document.scopes_supported),
    claims_supported: filled(document.claims_supported),
  };
}
