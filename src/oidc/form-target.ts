// Allows the library's pages that submit themselves (form_post, logout) to end at a relying party. Chromium
// applies form-action to every redirect on the way, so the page's policy must name the origin, which is
// validated by then (security.md F3).
import type Provider from 'oidc-provider';

export function nameFormTargets(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const policy = ctx.response.get('Content-Security-Policy');
    const target = ctx.oidc?.redirectUriCheckPerformed ? ctx.oidc.params?.redirect_uri : postLogoutTarget(ctx.oidc);
    if (!policy || typeof target !== 'string' || ctx.type !== 'text/html') return;
    ctx.set('Content-Security-Policy', policy.replace("form-action 'self'", `form-action 'self' ${originOf(target)}`));
  });
}

function postLogoutTarget(oidc: { session?: { state?: unknown } | undefined } | undefined): unknown {
  const state = oidc?.session?.state;
  return typeof state === 'object' && state !== null && 'postLogoutRedirectUri' in state
    ? state.postLogoutRedirectUri
    : undefined;
}

/** The origin of a URI, or the scheme of a native app (RFC 8252 §7.1). */
function originOf(uri: string): string {
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}
