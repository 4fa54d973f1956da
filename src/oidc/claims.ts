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
 * Path of an account's picture. It is served to anybody who has the address
 * (http/account/picture-routes.ts).
 */
export const picturePath = (hash: string): string => `/picture/${hash}`;

/**
 * @param isIdTokenMinimal whether the client's ID tokens have `sub` and the facts of the sign-in only
 * (`id_token_claims: minimal`); the other claims then come from userinfo (OIDC Core §5.4)
 */
export const toOidcAccount = (account: Account, issuer: string, isIdTokenMinimal: boolean): OidcAccount => ({
  accountId: account.id,
  claims: (use) => (use === 'id_token' && isIdTokenMinimal ? { sub: account.id } : claimsOf(account, issuer)),
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
