// How a browser leaves the library's own pages for a relying party. Chromium and WebKit apply `form-action`
// to every redirect that follows a form (CSP3 §6.1.1.2), so a form ends at a page of ours that navigates
// onward (security.md F3). The page of `form_post` is the exception: it posts to the redirect URI by
// definition (OAuth 2.0 Form Post Response Mode §2).
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

export type LeavingDeps = {
  /** Draws the page that navigates onward. @returns a whole HTML document */
  readonly onward: (ctx: KoaContextWithOIDC, location: string) => string;
};

export function leaveByPages(provider: Provider, { onward }: LeavingDeps): void {
  provider.use(async (ctx, next) => {
    await next();
    if (!isOfLibrary(ctx)) return;
    if (isFormPost(ctx)) openFormAction(ctx);
    if (isSignedOut(ctx)) {
      const location = ctx.response.get('Location');
      ctx.remove('Location');
      ctx.status = 200;
      ctx.type = 'html';
      ctx.body = onward(ctx, location);
    }
  });
}

/** Paths that the library has no route for have no context of it. */
const isOfLibrary = (ctx: object): ctx is KoaContextWithOIDC => 'oidc' in ctx && ctx.oidc !== undefined;

/**
 * Whether this is the page that posts an answer to the redirect URI, for codes and for errors. The library
 * adds the hash of a script to the policy of a page that submits itself, and of no other page. When another
 * account is signed in, resuming begins with such a page too. It posts to ourselves, and the redirect URI is
 * not looked at yet.
 */
function isFormPost(ctx: KoaContextWithOIDC): boolean {
  const { route, redirectUriCheckPerformed } = ctx.oidc;
  const isAnswer = route === 'authorization' || (route === 'resume' && redirectUriCheckPerformed === true);
  return isAnswer && ctx.response.get('Content-Security-Policy').includes("'sha256-");
}

/** The redirect URI was validated, and what it redirects to is not ours to know. */
function openFormAction(ctx: KoaContextWithOIDC): void {
  const policy = ctx.response.get('Content-Security-Policy').split(';');
  ctx.set('Content-Security-Policy', policy.filter((each) => !each.trim().startsWith('form-action')).join(';'));
}

/** Whether the form of the sign-out page is answered by a redirect, in a browser. */
function isSignedOut(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === 'end_session_confirm' && ctx.status === 303 && ctx.accepts('json', 'html') === 'html';
}
