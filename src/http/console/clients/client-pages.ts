// The console's pages of apps, by the same use-cases as the administration API: list, add, show, change,
// secrets, disable, delete.

import type { Clock } from '../../../clock.ts';
import { byAccount } from '../../../core/audit/actor.ts';
import type { Audit } from '../../../core/audit/audit.ts';
import { type Client, usesSecret } from '../../../core/client/client.ts';
import { differenceOf } from '../../../core/client/client-difference.ts';
import { entryOf } from '../../../core/client/client-entry.ts';
import { neverUsed } from '../../../core/client/client-use-store.ts';
import type { ClientUses } from '../../../core/client/client-uses.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { Logos } from '../../../core/client/logos.ts';
import { pkceAdviceOf } from '../../../core/client/pkce-advice.ts';
import type { Logouts } from '../../../core/logout/logouts.ts';
import type { Refusals } from '../../../core/refusal/refusals.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import { readForm } from '../../kit/body.ts';
import type { Context } from '../../kit/context.ts';
import { decimalOf } from '../../kit/decimal.ts';
import { seeOther } from '../../kit/navigation.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import { checkAddresses } from './client-check.ts';
import { formOf, formSent, inputOf, patchOf } from './client-form.ts';
import { defaultsOf, kindNamed, scopesBeyond } from './client-kinds.ts';
import { addClientLogoPages } from './client-logo-pages.ts';
import { assertMayAddScreens, assertReach, attempt } from './client-reach.ts';
import { createClientRows } from './client-rows.ts';
import { clientBody, type ProviderLifetimes, settingsBody } from './client-view.ts';
import type { ClientsViews, ClientView } from './clients-views.ts';
import { clientOf, clientPath } from './one-client.ts';
import { recentRefusals } from './refusal-rows.ts';
import { undeliveredRows } from './undelivered.ts';

export type ClientPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ClientsViews;
  readonly clients: Clients;
  readonly clientUses: ClientUses;
  readonly logos: Logos;
  readonly logouts: Pick<Logouts, 'listByClient'>;
  readonly refusals: Pick<Refusals, 'latest'>;
  /** What holds where a client says nothing of its own. */
  readonly lifetimes: ProviderLifetimes;
  readonly isPkceRequiredOfAll: boolean;
  readonly audit: Audit;
  readonly clock: Clock;
};

const pageSize = 25;
const listPath = '/admin/clients';
/** What the page of a client shows after a form was sent. */
type Outcome = Partial<Pick<ClientView, 'problems' | 'notice' | 'newSecret' | 'form'>>;
/** How many of a client's sign-outs are searched for undelivered ones. */
const maxLogouts = 200;
/** How many of its refusals are searched for different mistakes. */
const maxRefusals = 100;

export function addClientPages(deps: ClientPagesDeps): void {
  const { issuer, console, view, views, clients, clientUses, logos, audit, clock } = deps;
  const rows = createClientRows(view);
  const words = (ctx: Context) => view.words(ctx).clients;
  const common = (ctx: Context) => view.words(ctx).frame;

  /** Lists apps, a page at a time. */
  const list: ConsoleHandler = async (ctx, visitor) => {
    const search = String(ctx.query.search ?? '').slice(0, 100);
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const { clients: found, cursor } = await clients.page({ search, after, limit: pageSize });
    const more = new URLSearchParams({ search, after: Buffer.from(cursor ?? '').toString('base64url') });
    const next = cursor === null ? null : `${listPath}?${more}`;
    const uses = await clientUses.of(found.map(({ id }) => id));
    const shown = found.map((each, i) => ({ ...rows.row(ctx, each), used: rows.used(ctx, each, uses[i]) }));
    view.send(ctx, views.clients({ ...view.of(ctx, visitor, 'clients'), search, clients: shown, next }));
  };

  const blank: ConsoleHandler = async (ctx, visitor) => drawNew(ctx, visitor, {});

  /** Answers with the form of a new app. @param sent what to show again after a refusal */
  const drawNew = (
    ctx: Context,
    visitor: ConsoleVisitor,
    sent: Partial<Pick<ClientView, 'kind' | 'form' | 'problems'>>,
  ) => {
    const { kind = kindNamed(String(ctx.query.kind ?? '')), form = formOf(defaultsOf[kind]), problems = [] } = sent;
    const shown = { locale: view.localeOf(ctx), account: visitor.account, form, problems };
    view.send(ctx, views.newClient({ ...view.of(ctx, visitor, 'clients'), ...settingsBody(deps, kind, shown) }));
  };

  /**
   * A client that the visitor may change. @throws ClientError `client_not_found`, HttpError
   * `role_insufficient`
   */
  async function findOwn(ctx: Context, visitor: ConsoleVisitor): Promise<Client> {
    const client = await clientOf(ctx, clients);
    assertReach(visitor, client.metadata.scope);
    return client;
  }

  /** Answers with the page of a client. @param outcome what it shows after a form was sent */
  async function drawOne(ctx: Context, visitor: ConsoleVisitor, client: Client, outcome: Outcome = {}): Promise<void> {
    const [use = neverUsed] = await clientUses.of([client.id]);
    const secrets = rows.secrets(ctx, client, use);
    const hasSecrets = secrets.length > 0 || usesSecret(client.metadata);
    const isConfigured = client.source === 'configuration';
    const isBeyond = !isConfigured && scopesBeyond(visitor.account, client.metadata.scope).length > 0;
    const { form = formOf(entryOf(client)), problems = [], newSecret = null, notice = null } = outcome;
    const locale = view.localeOf(ctx);
    const html = views.client({
      ...view.of(ctx, visitor, 'clients'),
      issuer,
      client: { ...rows.row(ctx, client), revision: client.revision, secrets, hasSecrets },
      isReadOnly: isConfigured || isBeyond,
      isBeyond,
      newSecret,
      notice,
      pkceAdvice: pkceAdviceOf(client, use, { now: clock(), isRequiredOfAll: deps.isPkceRequiredOfAll }),
      undelivered: undeliveredRows(await deps.logouts.listByClient(client.id, maxLogouts), locale, clock()),
      refusals: recentRefusals(await deps.refusals.latest(client.id, maxRefusals), locale, clock()),
      ...clientBody(deps, client, { locale, account: visitor.account, form, problems }),
    });
    view.send(ctx, html);
  }

  const one: ConsoleHandler = async (ctx, visitor) => drawOne(ctx, visitor, await clientOf(ctx, clients));

  /** Records an event of a client, by the visitor. */
  const record = (
    event: Parameters<Audit['clientChanged']>[0],
    { account }: ConsoleVisitor,
    subject: string,
    facts: Record<string, string> = {},
  ) => audit.clientChanged(event, { by: byAccount(account), subject }, facts);

  /** Records which settings changed. */
  const recordChange = (visitor: ConsoleVisitor, before: Client, after: Client) =>
    record('client.changed', visitor, after.id, differenceOf(before, after));

  /** Adds an app. Its secret is shown in this response and never again. */
  const create: ConsoleHandler = async (ctx, visitor) => {
    const fields = await readForm(ctx);
    const kind = kindNamed(fields.get('kind'));
    const input = inputOf(kind, fields);
    assertReach(visitor, input.scope);
    assertMayAddScreens(visitor, input);
    const made = await attempt(
      () => clients.create(input),
      (problems) => {
        ctx.status = 422;
        drawNew(ctx, visitor, { kind, form: formSent(formOf(defaultsOf[kind]), fields), problems });
      },
    );
    if (!made) return;
    await record('client.created', visitor, made.client.id);
    // Not by a redirect: the secret must not stand in an address.
    await drawOne(ctx, visitor, made.client, { newSecret: made.secret, notice: common(ctx).saved });
  };

  /** Saves the settings that were changed in the form. */
  const save: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    const fields = await readForm(ctx);
    const patch = patchOf(entryOf(client), fields);
    assertReach(visitor, patch.scope);
    assertMayAddScreens(visitor, patch);
    const changed = await attempt(
      () => clients.update(client.id, { patch }, decimalOf(fields.get('revision')) || 0),
      async (problems, { code }) => {
        ctx.status = 422;
        const shown = code === 'client_changed' ? [{ path: '', message: common(ctx).stale }] : problems;
        await drawOne(ctx, visitor, client, { problems: shown, form: formSent(formOf(entryOf(client)), fields) });
      },
    );
    if (!changed) return;
    await recordChange(visitor, client, changed);
    await drawOne(ctx, visitor, changed, { notice: common(ctx).saved });
  };

  /** Adds a secret, named after the day. */
  const addSecret: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    const name = new Date(clock() * 1000).toISOString().slice(0, 10);
    const made = await attempt(
      () => clients.addSecret(client.id, { name, expiresAt: null }),
      (problems) => drawOne(ctx, visitor, client, { problems }),
    );
    if (!made) return;
    await record('client.secret_added', visitor, client.id);
    await drawOne(ctx, visitor, made.client, { newSecret: made.secret });
  };

  /** Revokes a secret. @throws ClientError `client_secret_not_found` */
  const revokeSecret: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    await clients.revokeSecret(client.id, String(ctx.params.secret));
    await record('client.secret_revoked', visitor, client.id);
    seeOther(ctx, clientPath(client.id));
  };

  /** Disables or enables the client. */
  const turn: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    const isOff = (await readForm(ctx)).get('to') === 'off';
    const changed = await attempt(
      () => clients.setDisabled(client.id, isOff, null),
      (problems) => {
        ctx.status = 422;
        return drawOne(ctx, visitor, client, { problems });
      },
    );
    if (!changed) return;
    await recordChange(visitor, client, changed);
    seeOther(ctx, clientPath(client.id));
  };

  /** Deletes the client, after its id was typed. */
  const remove: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    if ((await readForm(ctx)).get('client_id')?.trim() !== client.id) {
      ctx.status = 422;
      return drawOne(ctx, visitor, client, { problems: [{ path: 'client_id', message: words(ctx).deleteWrong }] });
    }
    await logos.forget(await clients.delete(client.id, null));
    await record('client.deleted', visitor, client.id);
    seeOther(ctx, listPath);
  };

  const { page, ask, change } = console;
  page('clients', '/clients', list);
  page('clients', '/clients/new', blank);
  change('clients', '/clients', create);
  ask('clients', '/clients/new/check', checkAddresses);
  page('clients', '/clients/:id', one);
  change('clients', '/clients/:id', save);
  change('clients', '/clients/:id/secrets', addSecret);
  change('clients', '/clients/:id/secrets/:secret/revoke', revokeSecret);
  change('clients', '/clients/:id/switch', turn);
  change('clients', '/clients/:id/delete', remove);
  addClientLogoPages({
    console,
    logos,
    findOwn,
    pathOf: ({ id }) => clientPath(id),
    attempt,
    sayLogo: (ctx, { code }) =>
      view.localeOf(ctx) !== 'en' && code.startsWith('logo_')
        ? [{ path: '', message: messagesOf[view.localeOf(ctx)].refusals[code].message }]
        : null,
    record: recordChange,
    refuse: (ctx, visitor, client, problems) => {
      ctx.status = 422;
      return drawOne(ctx, visitor, client, { problems });
    },
  });
}
