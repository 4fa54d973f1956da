// The console at `/admin`: signing in to it by its own provider, who may see and change which area, and the pages that are there. What a page
// does is in the file of its area.
import { createHash } from 'node:crypto';
import Router from '@koa/router';
import { randomSecret } from '../../crypto.ts';
import { passkeyClasses } from '../../oidc/acr.ts';
import { consoleClientId, type OwnSignIn } from '../../oidc/own-client.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { seeOther } from '../kit/navigation.ts';
import { HttpError } from '../kit/refusals.ts';
import { type Area, areas, areasOf, canChange, canSee } from './areas.ts';
import { type ConsoleSessions, type ConsoleVisitor, flowSeconds } from './console-session.ts';
import { type PendingForm, pendingFormPath, readPendingForm } from './pending-form.ts';

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
  const entrance = new Router<State>({ prefix: '/admin' });
  const pages = new Router<State>({ prefix: '/admin' });

  /** Never another site, and never a form's target: the page above it. */
  function pageOf(path: string): string {
    for (let page = path.slice(0, 500); page.startsWith('/admin'); page = page.slice(0, page.lastIndexOf('/'))) {
      if (/^[\w.~%:/-]+$/.test(page) && pages.match(page, 'GET').pathAndMethod.length > 0) return page;
    }
    return '/admin';
  }

  const signIn: Handler = async (ctx) => {
    const [state, verifier] = [randomSecret(128), randomSecret(256)];
    const form = ctx.query.form === undefined ? null : await sessions.look<PendingForm>(ctx, 'PendingForm');
    await sessions.startFlow(ctx, { state, verifier, returnTo: pageOf(String(ctx.query.return_to ?? '')), form });
    const parameters = new URLSearchParams({
      client_id: consoleClientId,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...((await sessions.needsPasskey(ctx)) && { acr_values: passkeyClasses.join(' ') }),
      // The phone asks for its owner's passkey or password again.
      ...(ctx.query.fresh !== undefined && { prompt: 'login' }),
    });
    seeOther(ctx, `/auth?${parameters}`);
  };

  const comeBack: Handler = async (ctx) => {
    const flow = await sessions.endFlow(ctx);
    const { state, iss, code, error } = ctx.query;
    // RFC 9207 §2.4: the answer is to this browser's own request, and from this provider.
    if (!flow || state !== flow.state || iss !== issuer)
      throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    if (error !== undefined) return seeOther(ctx, '/q');
    const signedIn = await redeem(callback, String(code ?? ''), flow.verifier);
    if (!signedIn) throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    // Somebody else's form is not for this person to send.
    const form = flow.form?.accountId === signedIn.accountId ? flow.form : null;
    await sessions.open(ctx, signedIn, form);
    seeOther(ctx, form ? pendingFormPath : flow.returnTo);
  };

  const signOut: Handler = async (ctx) => {
    await sessions.close(ctx);
    seeOther(ctx, '/session/end');
  };

  const toSignIn = (ctx: Context, mark = '') =>
    seeOther(ctx, `/admin/sign-in?${mark}return_to=${encodeURIComponent(pageOf(ctx.path))}`);

  entrance.get('/sign-in', signIn).get('/callback', comeBack).post('/sign-out', signOut);

  pages.get('/', async (ctx: Context) => {
    const visitor = await sessions.visitor(ctx);
    if (!visitor) return toSignIn(ctx);
    const [first = 'overview'] = areasOf(visitor.account);
    seeOther(ctx, areas[first].path);
  });

  return {
    routers: [entrance, pages],

    /** A page below `/admin`. @throws HttpError `role_insufficient` to a role that may not see the area */
    page(area: Area, path: string, handler: ConsoleHandler): void {
      pages.get(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return toSignIn(ctx);
        if (!canSee(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not reach this page.');
        await handler(ctx, visitor);
      });
    },

    /** A question that a page's script asks, below `/admin`; it changes nothing. @throws HttpError as page, and `interaction_not_found` */
    ask(area: Area, path: string, handler: ConsoleHandler): void {
      pages.post(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) throw new HttpError('interaction_not_found', 'This sign-in has ended.');
        if (!canSee(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not reach this page.');
        await handler(ctx, visitor);
      });
    },

    /** A form's target below `/admin`: by a role that may change the area, and after a fresh proof; without one, what was sent waits for it. @throws HttpError `role_insufficient` */
    change(area: Area, path: string, handler: ConsoleHandler): void {
      pages.post(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return toSignIn(ctx);
        if (!canChange(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not allow this change.');
        if (!visitor.isFresh) {
          const form = { ...(await readPendingForm(ctx)), accountId: visitor.account.id, area, back: pageOf(ctx.path) };
          await sessions.put(ctx, 'PendingForm', form, flowSeconds);
          return toSignIn(ctx, 'fresh&form&');
        }
        await handler(ctx, visitor);
      });
    },

    /** A form's target that leaves nothing changed: by a role that may change the area, but without a fresh proof. @throws HttpError `role_insufficient` */
    act(area: Area, path: string, handler: ConsoleHandler): void {
      pages.post(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return toSignIn(ctx);
        if (!canChange(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not allow this.');
        await handler(ctx, visitor);
      });
    },
  };
}
