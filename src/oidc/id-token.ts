// What becomes of an ID token after the library built it: no nonce at a refresh, and a length that fits into
// addresses and cookies, because clients send it back as `id_token_hint` and some keep it in a cookie.
import type Provider from 'oidc-provider';
import { claimsByScope } from './claims.ts';

/** An ID token is shorter than this, in characters of its compact form. */
export const idTokenLimit = 3072;

/** The members of the library's class that are used here. */
type IdToken = {
  available: Readonly<Record<string, unknown>>;
  readonly extra: Record<string, unknown>;
  readonly ctx?: { readonly oidc?: { readonly params?: { readonly grant_type?: unknown } | undefined } } | undefined;
  issue(options: { readonly use: string }): Promise<string>;
};

const ofSignIn: readonly string[] = claimsByScope.openid;
const standard: readonly string[] = Object.values(claimsByScope).flat();

/** Applies both rules to the ID tokens of this provider. */
export function shapeIdTokens(provider: Provider): void {
  const prototype = provider.IdToken.prototype as unknown as IdToken;
  const { issue } = prototype;
  prototype.issue = async function shaped(this: IdToken, options) {
    if (options.use !== 'idtoken') return issue.call(this, options);
    // OIDC Core §12.2: a refreshed ID token has no nonce.
    if (this.ctx?.oidc?.params?.grant_type === 'refresh_token') this.extra.nonce = undefined;
    const whole = await issue.call(this, options);
    if (whole.length < idTokenLimit) return whole;
    // What is left out comes from userinfo: custom claims first, then everything but the sign-in.
    this.available = only(standard, this.available);
    const shorter = await issue.call(this, options);
    if (shorter.length < idTokenLimit) return shorter;
    this.available = only(ofSignIn, this.available);
    return issue.call(this, options);
  };
}

const only = (names: readonly string[], claims: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
