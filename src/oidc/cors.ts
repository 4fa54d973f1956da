// Which web pages may read answers of the token, userinfo and related endpoints (security.md F5): pages of
// an origin that a client registered, in its redirect URIs or beside them. The library asks once it knows
// the client. Where it never learns the client, only registered origins may read.
import type Provider from 'oidc-provider';

/** The members of a client that decide. The library's class and our own record both have them. */
type OriginOwner = {
  readonly redirectUris: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly isPublic: boolean;
};

/**
 * Whether a page of this origin may read the answer. Pages redeem and refresh for public clients only,
 * since a page cannot keep a secret. Userinfo is open to the pages of every client.
 */
export function isOriginAllowed(origin: string, owner: OriginOwner, isUserinfo: boolean): boolean {
  return (
    origin !== 'null' &&
    (isUserinfo || owner.isPublic) &&
    (owner.corsOrigins.includes(origin) || owner.redirectUris.some((uri) => URL.parse(uri)?.origin === origin))
  );
}

/** What pages need beside the body: challenges (RFC 6750 §3), nonces (RFC 9449 §8) and when to try again. */
export const exposedHeaders = 'WWW-Authenticate, DPoP-Nonce, Retry-After';

/**
 * Removes the CORS headers for unknown origins.
 * @param isRegistered whether any client has the origin; asked where an answer names no client (an error
 * or a preflight)
 */
export function closeCorsToStrangers(provider: Provider, isRegistered: (origin: string) => Promise<boolean>): void {
  provider.use(async (ctx, next) => {
    await next();
    const origin = ctx.get('Origin');
    const allowed = ctx.response.get('Access-Control-Allow-Origin');
    if (!origin || allowed !== origin) return;
    if (ctx.method !== 'OPTIONS') ctx.set('Access-Control-Expose-Headers', exposedHeaders);
    if (ctx.oidc?.client || (await mayReadError(origin, isRegistered))) return;
    for (const name of Object.keys(ctx.response.headers)) {
      if (/^access-control-/i.test(name)) ctx.remove(name);
    }
  });
}

/**
 * Whether a page of this origin may read an answer that names no client. Without the store nobody can tell,
 * and the answer then says no more than that.
 */
export async function mayReadError(
  origin: string,
  isRegistered: (origin: string) => Promise<boolean>,
): Promise<boolean> {
  return origin !== 'null' && (await isRegistered(origin).catch(() => true));
}
