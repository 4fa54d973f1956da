// The claims that an account releases to relying parties, by scope (OIDC Core §5.4).
import type { Account as OidcAccount } from 'oidc-provider';
import type { Account } from '../core/account/account.ts';

/** `acr`, `amr` and `auth_time` are in every ID token, so that a relying party need not request them. */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'preferred_username', 'picture', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
};

/**
 * Scopes and claims that no account of this provider has a value for. Clients may still be registered with
 * these scopes, so the library has to know them.
 */
export const unfilled: ReadonlySet<string> = new Set(['phone', 'phone_number', 'phone_number_verified', 'address']);

/**
 * Path of an account's picture. It is served to anybody who has the address
 * (http/account/picture-routes.ts).
 */
export const picturePath = (hash: string): string => `/picture/${hash}`;

/**
 * @param isIdTokenMinimal whether the client's ID tokens have `sub` and the facts of the sign-in only
 * (`id_token_claims: minimal`), and what a request asks for in the ID token by name; the other claims then
 * come from userinfo (OIDC Core §5.4)
 */
export const toOidcAccount = (account: Account, issuer: string, isIdTokenMinimal: boolean): OidcAccount => ({
  accountId: account.id,
  claims: (use, _scope, named) => {
    const all = claimsOf(account, issuer);
    if (use !== 'id_token' || !isIdTokenMinimal) return all;
    const asked = Object.entries(all).filter(([name]) => Object.hasOwn(named, name));
    return { ...Object.fromEntries(asked), sub: account.id };
  },
});

const claimsOf = (account: Account, issuer: string) => ({
  sub: account.id,
  name: account.displayName,
  preferred_username: account.username,
  updated_at: account.updatedAt,
  ...(account.picture && { picture: `${issuer}${picturePath(account.picture.hash)}` }),
  ...(account.locale && { locale: account.locale }),
  ...(account.email && { email: account.email, email_verified: account.emailVerified }),
  ...(account.phoneNumber && { phone_number: account.phoneNumber, phone_number_verified: false }),
});
