// What an app would learn about an account, without anybody signing in: no token is made, nothing is written,
// nobody acts as somebody else.
// It is about a person, so client managers do not see it. It is a read, so it is not in the audit log.
import type { Accounts } from '../../../core/account/accounts.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { Trials } from '../../../oidc/trial.ts';
import type { Context } from '../../kit/context.ts';
import { HttpError } from '../../kit/refusals.ts';
import { factRows } from '../activity/fact-rows.ts';
import { mayPreviewClaims } from '../areas.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleView } from '../console-view.ts';
import type { ClientsViews } from './clients-views.ts';
import { clientHead, clientOf } from './one-client.ts';

export type ClaimsPagesDeps = {
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ClientsViews;
  readonly clients: Clients;
  readonly accounts: Accounts;
  readonly trials: Trials;
};

export function addClaimsPages({ console, view, views, clients, accounts, trials }: ClaimsPagesDeps): void {
  const words = (ctx: Context) => view.words(ctx).claims;

  /** Shows the claims of the typed account. @throws HttpError `role_insufficient` */
  const preview: ConsoleHandler = async (ctx, visitor) => {
    if (!mayPreviewClaims(visitor.account))
      throw new HttpError('role_insufficient', 'Your role does not reach this page.');
    const client = await clientOf(ctx, clients);
    const typed = String(ctx.query.account ?? '').slice(0, 100);
    const account = typed === '' ? null : await accounts.findByUsername(typed);
    const scope = trials.scopeOf(client);
    const found = account && (await trials.preview(client, account, scope));
    const { facts } = view.words(ctx);
    const html = views.claims({
      ...view.of(ctx, visitor, 'clients'),
      client: clientHead(client),
      account: typed,
      wrong: wrongOf(ctx, { typed, isFound: account !== null, isPossible: found !== null }),
      isAccountOff: account !== null && account.disabledAt !== null,
      found: found && {
        displayName: account.displayName,
        scope,
        idToken: factRows(found.idToken, facts),
        userinfo: factRows(found.userinfo, facts),
      },
      later: factRows(Object.fromEntries(atSignIn.map((name) => [name, ''])), facts),
    });
    view.send(ctx, html);
  };

  /** Why nothing is shown: a sentence, or null. */
  function wrongOf(ctx: Context, state: { typed: string; isFound: boolean; isPossible: boolean }): string | null {
    if (state.typed === '') return null;
    if (!state.isFound) return words(ctx).noAccount;
    return state.isPossible ? null : words(ctx).clientOff;
  }

  console.page('clients', '/clients/:id/claims', preview);
}

/** Claims of an ID token that only a sign-in can fill in (OIDC Core §2). */
const atSignIn = ['iss', 'aud', 'iat', 'exp', 'auth_time', 'acr', 'amr', 'nonce', 'sid'];
