// The console at `/admin`: signing in to it by its own provider, and who may see and change what. What its pages do is in console-clients.ts.
import { createHash } from 'node:crypto';
import Router from '@koa/router';
import type { Role } from '../account/account.ts';
import { randomSecret } from '../crypto.ts';
import { consoleClientId, type OwnSignIn } from '../oidc/own-client.ts';
import type { ConsoleSessions, ConsoleVisitor } from './console-session.ts';
import type { Context, Handler, State } from './context.ts';
import { HttpError } from './refusals.ts';

export type ConsoleDeps = {
  readonly issuer: string;
  readonly sessions: ConsoleSessions;
  readonly redeem: (redirectUri: string, code: string, verifier: string) => Promise<OwnSignIn | null>;
};

/** One page or form of the console, with the visitor who may use it. */
export type ConsoleHandler = (ctx: Context, visitor: ConsoleVisitor) => Promise<void>;
export type Console = ReturnType<typeof createConsole>;

export function createConsole({ issuer, sessions, redeem }: ConsoleDeps) {
  const callback = `${issuer}/admin/callback`;

  const signIn: Handler = async (ctx) => {
    const [state, verifier] = [randomSecret(128), randomSecret(256)];
    const returnTo = pathOfConsole(String(ctx.query.return_to ?? ''));
    await sessions.startFlow(ctx, { state, verifier, returnTo });
    const parameters = new URLSearchParams({
      client_id: consoleClientId,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      // The phone asks for its owner's password again.
      ...(ctx.query.fresh !== undefined && { prompt: 'login' }),
    });
    redirect(ctx, `/auth?${parameters}`);
  };

  const comeBack: Handler = async (ctx) => {
    const flow = await sessions.endFlow(ctx);
    const { state, iss, code, error } = ctx.query;
    // RFC 9207 §2.4: the answer is to this browser's own request, and from this provider.
    if (!flow || state !== flow.state || iss !== issuer)
      throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    if (error !== undefined) return redirect(ctx, '/q');
    const signedIn = await redeem(callback, String(code ?? ''), flow.verifier);
    if (!signedIn) throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    await sessions.open(ctx, signedIn);
    redirect(ctx, flow.returnTo);
  };

  const signOut: Handler = async (ctx) => {
    await sessions.close(ctx);
    redirect(ctx, '/session/end');
  };

  return {
    router: new Router<State>({ prefix: '/admin' })
      .get('/sign-in', signIn)
      .get('/callback', comeBack)
      .post('/sign-out', signOut),

    /** A page: any role sees it. */
    page:
      (handler: ConsoleHandler): Handler =>
      async (ctx) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return redirect(ctx, `/admin/sign-in?return_to=${encodeURIComponent(ctx.path)}`);
        await handler(ctx, visitor);
      },

    /** A change: by one of these roles, and after a fresh proof of the person. @throws HttpError `scope_insufficient` */
    change:
      (roles: readonly Role[], handler: ConsoleHandler): Handler =>
      async (ctx) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return redirect(ctx, `/admin/sign-in?return_to=${encodeURIComponent(ctx.path)}`);
        if (!visitor.account.roles.some((role) => roles.includes(role))) {
          throw new HttpError('scope_insufficient', 'Your role does not allow this change.');
        }
        if (!visitor.isFresh) return redirect(ctx, `/admin/sign-in?fresh&return_to=${encodeURIComponent(ctx.path)}`);
        await handler(ctx, visitor);
      },
  };
}

export function redirect(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}

/** Never another site, and never a form's target: those are below a page. */
function pathOfConsole(path: string): string {
  const [, page] = /^(\/admin(?:\/clients(?:\/[\w.~%-]{1,200})?)?)(?:\/.*)?$/.exec(path) ?? [];
  return page ?? '/admin/clients';
}
