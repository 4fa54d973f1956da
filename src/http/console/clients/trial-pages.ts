// "Try it": the built-in test relying party (oidc/trial.ts). A trial that is under way and the last result
// belong to this console session only, sealed; the result is kept for ten minutes.
// Tokens are shown in parts, and never whole.
import type { Clock } from '../../../clock.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { TrialAnswer, TrialFlow, Trials } from '../../../oidc/trial.ts';
import { plainText } from '../../../plain-text.ts';
import type { Context } from '../../kit/context.ts';
import { seeOther } from '../../kit/navigation.ts';
import { HttpError } from '../../kit/refusals.ts';
import { factRows } from '../activity/fact-rows.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleSessions } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import type { ClientsViews, TrialResultView } from './clients-views.ts';
import { clientHead, clientOf, clientPath } from './one-client.ts';

export type TrialPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly sessions: ConsoleSessions;
  readonly view: ConsoleView;
  readonly views: ClientsViews;
  readonly clients: Clients;
  readonly trials: Trials;
  readonly clock: Clock;
};

/** What came of a trial. Instants are epoch seconds. */
type TrialResult = {
  readonly clientId: string;
  readonly at: number;
  readonly request: TrialFlow['request'];
  readonly response: Readonly<Record<string, string>>;
  /** An OAuth error code; null when the trial succeeded. */
  readonly error: string | null;
  readonly answer: TrialAnswer | null;
};

/** How long a trial may take. */
const flowSeconds = 900;
const resultSeconds = 600;

export function addTrialPages(deps: TrialPagesDeps): void {
  const { issuer, console, sessions, view, views, clients, trials, clock } = deps;
  const words = (ctx: Context) => view.words(ctx).trial;

  /** Shows the last result, if it was this client's. */
  const show: ConsoleHandler = async (ctx, visitor) => {
    const client = await clientOf(ctx, clients);
    const found = await sessions.look<TrialResult>(ctx, 'TrialResult');
    const result = found?.clientId === client.id ? found : null;
    const html = views.trial({
      ...view.of(ctx, visitor, 'clients'),
      client: clientHead(client),
      obstacle: trials.obstacleOf(client),
      result: result && inWords(ctx, result),
    });
    view.send(ctx, html);
  };

  /** The result as rows and sentences. */
  function inWords(ctx: Context, { at, request, response, error, answer }: TrialResult): TrialResultView {
    const { facts } = view.words(ctx);
    const errors: Readonly<Record<string, string>> = words(ctx).errors;
    return {
      when: view.ago(ctx, at),
      error,
      why: error === null ? null : (errors[error] ?? words(ctx).errors.other),
      request: factRows(request, facts),
      response: factRows(response, facts),
      idToken: answer && {
        beginning: answer.idToken.beginning,
        header: factRows(answer.idToken.header, facts),
        claims: factRows(answer.idToken.claims, facts),
      },
      userinfo: answer && factRows(answer.userinfo, facts),
    };
  }

  /** Begins a trial: pushes the request and sends the browser to the provider. */
  const begin: ConsoleHandler = async (ctx) => {
    const client = await clientOf(ctx, clients);
    if (trials.obstacleOf(client) !== null) return seeOther(ctx, `${clientPath(client.id)}/try`);
    const { location, flow } = await trials.begin(client);
    await sessions.put(ctx, 'TrialFlow', flow, flowSeconds);
    seeOther(ctx, location);
  };

  /**
   * Ends a trial. Only the session that began it gets past the first check, with the answer to its own
   * request.
   */
  const comeBack: ConsoleHandler = async (ctx) => {
    const flow = await sessions.look<TrialFlow>(ctx, 'TrialFlow');
    const { state, iss, code } = ctx.query;
    const isOwn = flow !== null && state === flow.state && iss === issuer;
    if (!isOwn || !(await sessions.take(ctx, 'TrialFlow')))
      throw new HttpError('interaction_not_found', 'This sign-in has ended.');
    const refusal = typeof ctx.query.error === 'string' ? plainText(ctx.query.error, 60) : null;
    const answer = refusal === null ? await trials.finish(flow, String(code ?? '')) : null;
    const result: TrialResult = {
      clientId: flow.clientId,
      at: clock(),
      request: flow.request,
      response: responseOf(ctx),
      error: refusal ?? (answer === null ? 'invalid_grant' : null),
      answer,
    };
    await sessions.put(ctx, 'TrialResult', result, resultSeconds);
    seeOther(ctx, `${clientPath(flow.clientId)}/try`);
  };

  console.page('clients', '/clients/:id/try', show);
  console.act('clients', '/clients/:id/try', begin);
  console.page('clients', '/try/callback', comeBack);
}

/** The answer as it came in the address. The code is used by now, and cut all the same. */
function responseOf({ query }: Context): Record<string, string> {
  const text = (name: string) => (typeof query[name] === 'string' ? plainText(query[name], 300) : '');
  const code = text('code');
  const all = {
    code: code && `${code.slice(0, 8)}…`,
    error: text('error'),
    error_description: text('error_description'),
    state: text('state'),
    iss: text('iss'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}
