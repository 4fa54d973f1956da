// Which web pages may read answers of the token, userinfo and related endpoints (security.md F5): those of origins that a client
// registered, with its redirect URIs or beside them. The library asks once it knows the client; where it never does, nobody else's page reads either.
import type Provider from 'oidc-provider';

/** What of a client decides; the library's class and our record both have it. */
type OriginOwner = {
  readonly redirectUris: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly isPublic: boolean;
};

/** Pages may redeem and refresh for public clients only: a secret has no place in a page. Userinfo is for any client's pages. */
export function isOriginAllowed(origin: string, owner: OriginOwner, isUserinfo: boolean): boolean {
  return (
    origin !== 'null' &&
    (isUserinfo || owner.isPublic) &&
    (owner.corsOrigins.includes(origin) || owner.redirectUris.some((uri) => URL.parse(uri)?.origin === origin))
  );
}

/** @param isRegistered whether any client has the origin; asked where an answer names no client (an error or a preflight). */
export function closeCorsToStrangers(provider: Provider, isRegistered: (origin: string) => Promise<boolean>): void {
  provider.use(async (ctx, next) => {
    await next();
    const origin = ctx.get('Origin');
    const allowed = ctx.response.get('Access-Control-Allow-Origin');
    if (!origin || allowed !== origin || ctx.oidc?.client) return;
    if (origin !== 'null' && (await isRegistered(origin))) return;
    for (const name of Object.keys(ctx.response.headers)) {
      if (/^access-control-/i.test(name)) ctx.remove(name);
    }
  });
}
