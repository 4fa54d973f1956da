// The console at `/admin`: signing in to it by the provider itself, and who may see and change which area.
// What a page does is in the file of its area.
import { createHash } from 'node:crypto';
import Router from '@koa/router';
import { randomSecret } from '../../crypto.ts';
import { passkeyClasses } from '../../oidc/acr.ts';
import { consoleClientId, type OwnSignIn } from '../../oidc/own-client.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { AnswerOnce } from '../kit/form-repeats.ts';
import { seeOther } from '../kit/navigation.ts';
import { HttpError } from '../kit/refusals.ts';
import { type Area, areas, areasOf, canChange, canSee } from './areas.ts';
import { type ConsoleSessions, type ConsoleVisitor, flowSeconds } from './console-session.ts';
import { type PendingForm, pendingFormPath, readPendingForm } from './pending-form.ts';

export type ConsoleDeps = {
  readonly issuer: string;
  readonly sessions: ConsoleSessions;
  readonly answerOnce: AnswerOnce;
  /** Redeems the code of our own client. Null when it is wrong, used or expired. */
  readonly redeem: (redirectUri: string, code: string, verifier: string) => Promise<OwnSignIn | null>;
};

/** Answers for one page or form of the console. The visitor may use it. */
export type ConsoleHandler = (ctx: Context, visitor: ConsoleVisitor) => Promise<void>;
export type Console = ReturnType<typeof createConsole>;

/** The console is a relying party of its own provider (OIDC Core §3.1, RFC 7636). */
export function createConsole({ issuer, sessions, answerOnce, redeem }: ConsoleDeps) {
  const callback = `${issuer}/admin/callback`;
  const signInRoutes = new Router<State>({ prefix: '/admin' });
  const pages = new Router<State>({ prefix: '/admin' });

  /** The nearest page at or above a path. It never is another site, nor the target of a form. */
  function pageOf(path: string): string {
    for (let page = path.slice(0, 500); page.startsWith('/admin'); page = page.slice(0, page.lastIndexOf('/'))) {
      if (/^[\w.~%:/-]+$/.test(page) && pages.match(page, 'GET').pathAndMethod.length > 0) return page;
    }
    return '/admin';
  }

  /** Begins a sign-in. `?fresh` asks for a new proof, `?form` keeps a form that waits for it. */
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
      // With prompt=login the phone asks for its owner's passkey or password again.
      ...(ctx.query.fresh !== undefined && { prompt: 'login' }),
    });
    seeOther(ctx, `/auth?${parameters}`);
  };

  /** Ends a sign-in, once: the answer may get lost, and with it the cookie of the session. */
  const comeBack: Handler = (ctx) =>
    answerOnce(ctx, JSON.stringify(['callback', sessions.flowSecret(ctx), ctx.url]), () => endSignIn(ctx));

  /** Redeems the code and opens a session. */
  async function endSignIn(ctx: Context): Promise<void> {
    const flow = await sessions.endFlow(ctx);
    const { state, iss, code, error } = ctx.query;
    // RFC 9207 §2.4: the answer belongs to this browser's own request, and came from this provider.
    if (!flow || state !== flow.state || iss !== issuer)
      throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    if (error !== undefined) return seeOther(ctx, '/q');
    const signedIn = await redeem(callback, String(code ?? ''), flow.verifier);
    if (!signedIn) throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    // A form that another account had sent is not for this person to send.
    const form = flow.form?.accountId === signedIn.accountId ? flow.form : null;
    await sessions.open(ctx, signedIn, form);
    seeOther(ctx, form ? pendingFormPath : flow.returnTo);
  }

  /** Ends the session, and offers to end the sign-in at the provider. */
  const signOut: Handler = async (ctx) => {
    await sessions.close(ctx);
    seeOther(ctx, '/session/end');
  };

  /** Sends the browser to the sign-in, and afterwards back to this page. */
  const toSignIn = (ctx: Context, mark = '') =>
    seeOther(ctx, `/admin/sign-in?${mark}return_to=${encodeURIComponent(pageOf(ctx.path))}`);

  signInRoutes.get('/sign-in', signIn).get('/callback', comeBack).post('/sign-out', signOut);

  pages.get('/', async (ctx: Context) => {
    const visitor = await sessions.visitor(ctx);
    if (!visitor) return toSignIn(ctx);
    const [first = 'overview'] = areasOf(visitor.account);
    seeOther(ctx, areas[first].path);
  });

  return {
    routers: [signInRoutes, pages],

    /**
     * Adds a page below `/admin`. @throws HttpError `role_insufficient` for a role that may not see the area
     */
    page(area: Area, path: string, handler: ConsoleHandler): void {
      pages.get(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) return toSignIn(ctx);
        if (!canSee(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not reach this page.');
        await handler(ctx, visitor);
      });
    },

    /**
     * Adds a question that a page's script asks. It changes nothing.
     * @throws HttpError `role_insufficient`, `interaction_not_found`
     */
    ask(area: Area, path: string, handler: ConsoleHandler): void {
      pages.post(path, async (ctx: Context) => {
        const visitor = await sessions.visitor(ctx);
        if (!visitor) throw new HttpError('interaction_not_found', 'This sign-in has ended.');
        if (!canSee(visitor.account, area))
          throw new HttpError('role_insufficient', 'Your role does not reach this page.');
        await handler(ctx, visitor);
      });
    },

    /**
     * Adds the target of a form: for a role that may change the area, after a fresh proof. Without the proof,
     * what was sent waits for it.
     * @throws HttpError `role_insufficient`
     */
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

    /**
     * Adds the target of a form that changes nothing: for a role that may change the area, without a fresh
     * proof.
     * @throws HttpError `role_insufficient`
     */
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
