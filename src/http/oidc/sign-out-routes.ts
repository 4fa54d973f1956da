// The pages of signing out (OpenID Connect RP-Initiated Logout 1.0 §2): `GET` and `POST /session/end`, the
// answer to its question, and the page that confirms. None of them ends in an error. What a request means is
// decided in oidc/sign-out.ts.
import type { Refusal } from '../../core/refusal/refusal.ts';
import { factsForSender } from '../../core/refusal/refusal.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import type { SignOut, SignOutParams, SignOutProblem, SignOutRequest } from '../../oidc/sign-out.ts';
import { plainText } from '../../plain-text.ts';
import { readText } from '../kit/body.ts';
import type { Context, Handler } from '../kit/context.ts';
import { goOnward, seeOther, wantsPage } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import { HttpError } from '../kit/refusals.ts';
import { createOidcViews, type SignOutField } from './oidc-views.ts';

export type SignOutRoutesDeps = {
  readonly signOut: SignOut;
  readonly pages: Pages;
  readonly isDevelopment: boolean;
  /** Reports a part of a request that was not used. Returns at once and never throws. */
  readonly onRefusal: (refusal: Refusal, ctx: Context) => void;
};

const path = '/session/end';
const names = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales', 'logout_hint'];
/** The field of our own form that sends a cross-site POST once more, from our own page. */
const againField = 'again';

/** @returns null for a path that is not of signing out */
export function createSignOutRoutes({ signOut, pages, isDevelopment, onRefusal }: SignOutRoutesDeps) {
  const views = createOidcViews(pages);

  const shared = (ctx: Context, fields?: URLSearchParams) => ({
    locale: chooseLocale(ctx.get('Accept-Language'), (one(fields, 'ui_locales') ?? '').split(' ').slice(0, 10)),
    nonce: ctx.state.nonce,
  });

  /** `GET` and `POST /session/end` (§2 requires both). */
  const begin: Handler = async (ctx) => {
    const fields = await fieldsOf(ctx);
    // Cookies are SameSite=Lax, so a form of another site comes without them. Our own page sends it again.
    // The hint stays in the body, because addresses end up in histories and logs.
    const isForeign = ctx.method === 'POST' && isCrossSite(ctx, fields.has(againField));
    if (isForeign && wantsPage(ctx)) return sendAgain(ctx, fields);
    const request = await signOut.read(ctx.req, ctx.res, paramsOf(fields));
    if (request.refusal) onRefusal(request.refusal, ctx);
    if (request.isSignedIn && !request.isProven) return ask(ctx, fields, request);
    await signOut.end(ctx.req, ctx.res, { proof: null, clientId: request.client?.id ?? null });
    leave(ctx, request.returnTo, fields, request.problem);
  };

  function sendAgain(ctx: Context, fields: URLSearchParams): void {
    const sent = names.flatMap((name) => fields.getAll(name).map((value): SignOutField => ({ name, value })));
    ctx.type = 'html';
    ctx.body = views.signOutAgain({ ...shared(ctx, fields), fields: [...sent, { name: againField, value: '1' }] });
  }

  function ask(ctx: Context, fields: URLSearchParams, { client, proof, plan, problem, refusal }: SignOutRequest): void {
    const facts = refusal && (isDevelopment ? refusal.facts : factsForSender(refusal.facts));
    ctx.type = 'html';
    ctx.body = views.signOut({
      ...shared(ctx, fields),
      clientName: client && (plainText(client.name, 60) || client.id),
      fields: [
        { name: 'xsrf', value: proof },
        { name: 'plan', value: plan },
        { name: 'ui_locales', value: (one(fields, 'ui_locales') ?? '').slice(0, 100) },
      ],
      problem,
      reference: problem && ctx.state.requestId,
      details: Object.entries(facts ?? {}).map(([name, value]) => ({ name, value: String(value) })),
    });
  }

  /** `POST /session/end/answer`: the answer to the question. Works with any number of open tabs. */
  const answer: Handler = async (ctx) => {
    const fields = await fieldsOf(ctx);
    // It comes without cookies, so nobody would seem to be signed in.
    if (isCrossSite(ctx, true)) return seeOther(ctx, path);
    const plan = await signOut.openPlan(one(fields, 'plan') ?? '');
    if (!one(fields, 'logout')) {
      ctx.type = 'html';
      ctx.body = views.staysSignedIn(shared(ctx, fields));
      return;
    }
    const isDone = await signOut.end(ctx.req, ctx.res, { proof: one(fields, 'xsrf') ?? '', clientId: plan.clientId });
    // Somebody else signed in since the question was shown, or another site sent the form: ask again.
    if (!isDone) return seeOther(ctx, path);
    leave(ctx, plan.returnTo, fields);
  };

  /**
   * Sends the browser back to the app, or to the page that confirms. A form ends at our own origin.
   * @param problem said on the page that confirms; null when nothing was wrong, or the question said it
   */
  function leave(
    ctx: Context,
    returnTo: string | null,
    fields: URLSearchParams,
    problem: SignOutProblem | null = null,
  ): void {
    const locales = one(fields, 'ui_locales');
    if (returnTo === null) seeOther(ctx, `${path}/success${queryOf(fields, problem)}`);
    else if (ctx.method === 'POST' && wantsPage(ctx)) goOnward(ctx, pages, returnTo, locales?.split(' ') ?? []);
    else seeOther(ctx, returnTo);
  }

  /** `GET /session/end/success`. Anybody can link to it, and it must not say what is not true. */
  const confirm: Handler = async (ctx) => {
    const fields = new URLSearchParams(ctx.querystring);
    if (await signOut.isSignedIn(ctx.req, ctx.res)) return seeOther(ctx, `${path}${queryOf(fields)}`);
    ctx.type = 'html';
    ctx.body = views.loggedOut({ ...shared(ctx, fields), problem: one(fields, 'problem') ?? null });
  };

  const routes: Readonly<Record<string, Handler>> = {
    [`GET ${path}`]: begin,
    [`POST ${path}`]: begin,
    [`POST ${path}/answer`]: answer,
    [`GET ${path}/success`]: confirm,
  };
  return (ctx: Context): Handler | null => {
    // `/session/end/confirm` is the library's: a form of its own ends there when another account signs in.
    if (![path, `${path}/answer`, `${path}/success`].includes(ctx.path)) return null;
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    return routes[`${method} ${ctx.path}`] ?? refuseMethod;
  };
}

const refuseMethod: Handler = () => {
  throw new HttpError('method_not_allowed', 'This address does not take that method.');
};

/** The parameters of the address, or of a form. */
async function fieldsOf(ctx: Context): Promise<URLSearchParams> {
  if (ctx.method !== 'POST') return new URLSearchParams(ctx.querystring);
  const isForm = ctx.is('application/x-www-form-urlencoded') !== false;
  return new URLSearchParams(isForm ? await readText(ctx) : '');
}

/** The value of a parameter; undefined where it is missing, empty, or was sent more than once. */
function one(fields: URLSearchParams | undefined, name: string): string | undefined {
  const [value, ...more] = fields?.getAll(name) ?? [];
  return value === '' || more.length > 0 ? undefined : value;
}

/** The query by which the next page keeps the language, and learns what was not used of the request. */
function queryOf(fields: URLSearchParams, problem: SignOutProblem | null = null): string {
  const locales = one(fields, 'ui_locales')?.slice(0, 100);
  const query = new URLSearchParams({ ...(locales && { ui_locales: locales }), ...(problem && { problem }) });
  return query.size > 0 ? `?${query}` : '';
}

const paramsOf = (fields: URLSearchParams): SignOutParams => ({
  idTokenHint: one(fields, 'id_token_hint') ?? null,
  clientId: one(fields, 'client_id') ?? null,
  returnTo: one(fields, 'post_logout_redirect_uri') ?? null,
  state: one(fields, 'state') ?? null,
});

/**
 * Whether the form was sent by another site. Of a browser that says nothing, a form counts as ours when it is
 * sent again; from other browsers another site cannot pretend that.
 */
function isCrossSite(ctx: Context, isSentAgain: boolean): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  return site === '' ? !isSentAgain : !['same-origin', 'none'].includes(site);
}
