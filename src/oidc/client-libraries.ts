// What client libraries expect of a provider beyond its specifications, where oidc-provider answers less.
import type Provider from 'oidc-provider';

/**
 * Gives the answer to a revocation a JSON body. RFC 7009 §2.2 leaves the body open, but several client
 * libraries parse it.
 */
export function answerRevocationsAsJson(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.method === 'POST' && ctx.path === '/token/revocation' && ctx.status === 200) ctx.body = {};
  });
}

/**
 * Puts `sid` into every ID token of a browser's session, so that a client can tell its sessions apart
 * (Back-Channel Logout §2.1). The library does so for clients with a logout URI only.
 */
export function nameSessions(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { includeSid(): boolean };
  prototype.includeSid = () => true;
}
