// The console's pages for relying parties, over the same use-cases as the administration API: list, add, look, change, secrets, off, delete.

import type { Clock } from '../../../clock.ts';
import { byAccount } from '../../../core/audit/actor.ts';
import type { Audit } from '../../../core/audit/audit.ts';
import { type Client, ClientError, usesSecret } from '../../../core/client/client.ts';
import { differenceOf } from '../../../core/client/client-difference.ts';
import { entryOf } from '../../../core/client/client-entry.ts';
import { type ClientUse, neverUsed } from '../../../core/client/client-use-store.ts';
import { type ClientUses, lastUsedAt } from '../../../core/client/client-uses.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { Logos } from '../../../core/client/logos.ts';
import { hostOf } from '../../../core/client/redirect-uri.ts';
import type { Logouts } from '../../../core/logout/logouts.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import { plainText } from '../../../plain-text.ts';
import { readForm } from '../../kit/body.ts';
import type { Context } from '../../kit/context.ts';
import { seeOther } from '../../kit/navigation.ts';
import { HttpError } from '../../kit/refusals.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { Problem } from '../console-page.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import { checkAddresses } from './client-check.ts';
import { formOf, formSent, inputOf, patchOf } from './client-form.ts';
import { defaultsOf, kindNamed, mayGrantDevices, scopesBeyond } from './client-kinds.ts';
import { addClientLogoPages } from './client-logo-pages.ts';
import { clientBody, type ProviderLifetimes, settingsBody } from './client-view.ts';
import type { ClientRow, ClientsViews, ClientView, SecretRow } from './clients-views.ts';
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
  /** What holds where a client says nothing of its own. */
  readonly lifetimes: ProviderLifetimes;
  readonly audit: Audit;
  readonly clock: Clock;
};

const pageSize = 25;
const listPath = '/admin/clients';
/** What the page of a client shows after a form was sent. */
type Outcome = Partial<Pick<ClientView, 'problems' | 'notice' | 'newSecret' | 'form'>>;
/** As many of a client's logouts are looked at. */
const lookedAtLogouts = 200;

export function addClientPages(deps: ClientPagesDeps): void {
  const { issuer, console, view, views, clients, clientUses, logos, audit, clock } = deps;
  const { ago } = view;
  const words = (ctx: Context) => view.words(ctx).clients;
  const common = (ctx: Context) => view.words(ctx).frame;

  const nameOf = ({ id, metadata }: Client) => plainText(metadata.client_name, 60) || id;

  function rowOf(ctx: Context, client: Client): ClientRow {
    const origin = client.registration
      ? words(ctx).byItself
      : client.source === 'configuration'
        ? words(ctx).byFile
        : null;
    const [uri] = client.metadata.redirect_uris;
    const host = uri === undefined ? '' : hostOf(uri);
    return {
      id: client.id,
      name: nameOf(client),
      host,
      origin,
      isOn: client.disabledAt === null,
      signsInScreens: client.metadata.device_grant === true,
      when: ago(ctx, client.updatedAt),
    };
  }

  function usedAgo(ctx: Context, client: Client, use: ClientUse = neverUsed): string | null {
    const at = lastUsedAt(client, use);
    return at === null ? null : ago(ctx, at);
  }

  const list: ConsoleHandler = async (ctx, visitor) => {
    const search = String(ctx.query.search ?? '').slice(0, 100);
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const { clients: found, cursor } = await clients.page({ search, after, limit: pageSize });
    const more = new URLSearchParams({ search, after: Buffer.from(cursor ?? '').toString('base64url') });
    const next = cursor === null ? null : `${listPath}?${more}`;
    const uses = await clientUses.of(found.map(({ id }) => id));
    const rows = found.map((each, i) => ({ ...rowOf(ctx, each), used: usedAgo(ctx, each, uses[i]) }));
    view.send(ctx, views.clients({ ...view.of(ctx, visitor, 'clients'), search, clients: rows, next }));
  };

  const blank: ConsoleHandler = async (ctx, visitor) => drawNew(ctx, visitor, {});

  const drawNew = (
    ctx: Context,
    visitor: ConsoleVisitor,
    sent: Partial<Pick<ClientView, 'kind' | 'form' | 'problems'>>,
  ) => {
    const { kind = kindNamed(String(ctx.query.kind ?? '')), form = formOf(defaultsOf[kind]), problems = [] } = sent;
    const shown = { locale: view.localeOf(ctx), account: visitor.account, form, problems };
    view.send(ctx, views.newClient({ ...view.of(ctx, visitor, 'clients'), ...settingsBody(deps, kind, shown) }));
  };

  async function find(ctx: Context): Promise<Client> {
    const client = await clients.findAny(String(ctx.params.id));
    if (!client) throw new ClientError('client_not_found', 'There is no such client.');
    return client;
  }

  /** One that may do more than the visitor is not theirs to change. */
  function assertReach({ account }: ConsoleVisitor, ...given: unknown[]): void {
    const beyond = given.flatMap((scope) => scopesBeyond(account, scope));
    if (beyond.length > 0) throw new HttpError('role_insufficient', `Your role does not reach ${beyond.join(' ')}.`);
  }

  function assertMayGrantDevices(
    { account }: ConsoleVisitor,
    { device_grant }: Readonly<Record<string, unknown>>,
  ): void {
    if (device_grant === true && !mayGrantDevices(account))
      throw new HttpError('role_insufficient', 'device_grant is an administrator’s to switch on.');
  }

  async function findOwn(ctx: Context, visitor: ConsoleVisitor): Promise<Client> {
    const client = await find(ctx);
    assertReach(visitor, client.metadata.scope);
    return client;
  }

  function secretRows(ctx: Context, client: Client, { secretsUsedAt }: ClientUse): SecretRow[] {
    return client.secrets.map(({ id, name, hash, createdAt, expiresAt }) => ({
      id,
      name,
      when: ago(ctx, createdAt),
      until: expiresAt === null ? null : ago(ctx, expiresAt),
      used: secretsUsedAt[hash] === undefined ? null : ago(ctx, secretsUsedAt[hash]),
    }));
  }

  async function drawOne(ctx: Context, visitor: ConsoleVisitor, client: Client, outcome: Outcome = {}): Promise<void> {
    const [use = neverUsed] = await clientUses.of([client.id]);
    const secrets = secretRows(ctx, client, use);
    const hasSecrets = secrets.length > 0 || usesSecret(client.metadata);
    const isConfigured = client.source === 'configuration';
    const isBeyond = !isConfigured && scopesBeyond(visitor.account, client.metadata.scope).length > 0;
    const { form = formOf(entryOf(client)), problems = [], newSecret = null, notice = null } = outcome;
    const locale = view.localeOf(ctx);
    const html = views.client({
      ...view.of(ctx, visitor, 'clients'),
      issuer,
      client: { ...rowOf(ctx, client), revision: client.revision, secrets, hasSecrets },
      isReadOnly: isConfigured || isBeyond,
      isBeyond,
      newSecret,
      notice,
      undelivered: undeliveredRows(await deps.logouts.listByClient(client.id, lookedAtLogouts), locale, clock()),
      ...clientBody(deps, client, { locale, account: visitor.account, form, problems }),
    });
    view.send(ctx, html);
  }

  const one: ConsoleHandler = async (ctx, visitor) => drawOne(ctx, visitor, await find(ctx));

  const record = (
    event: Parameters<Audit['clientChanged']>[0],
    { account }: ConsoleVisitor,
    subject: string,
    facts: Record<string, string> = {},
  ) => audit.clientChanged(event, { by: byAccount(account), subject }, facts);

  const recordChange = (visitor: ConsoleVisitor, before: Client, after: Client) =>
    record('client.changed', visitor, after.id, differenceOf(before, after));

  /** Runs a change; what is wrong with it is shown on the page it came from. */
  async function attempt<Result>(
    work: () => Promise<Result>,
    refuse: (problems: readonly Problem[], error: ClientError) => void | Promise<void>,
  ): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ClientError) || error.code === 'client_not_found') throw error;
      await refuse(error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }], error);
      return null;
    }
  }

  const create: ConsoleHandler = async (ctx, visitor) => {
    const fields = await readForm(ctx);
    const kind = kindNamed(fields.get('kind'));
    const input = inputOf(kind, fields);
    assertReach(visitor, input.scope);
    assertMayGrantDevices(visitor, input);
    const made = await attempt(
      () => clients.create(input),
      (problems) => {
        ctx.status = 422;
        drawNew(ctx, visitor, { kind, form: formSent(formOf(defaultsOf[kind]), fields), problems });
      },
    );
    if (!made) return;
    await record('client.created', visitor, made.client.id);
    // Not by way of a redirect: the secret must not travel in an address.
    await drawOne(ctx, visitor, made.client, { newSecret: made.secret, notice: common(ctx).saved });
  };

  const save: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    const fields = await readForm(ctx);
    const patch = patchOf(entryOf(client), fields);
    assertReach(visitor, patch.scope);
    assertMayGrantDevices(visitor, patch);
    const changed = await attempt(
      () => clients.update(client.id, { patch }, Number(fields.get('revision')) || 0),
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

  const revokeSecret: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    await clients.revokeSecret(client.id, String(ctx.params.secret));
    await record('client.secret_revoked', visitor, client.id);
    seeOther(ctx, pathOf(client));
  };

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
    seeOther(ctx, pathOf(client));
  };

  const remove: ConsoleHandler = async (ctx, visitor) => {
    const client = await findOwn(ctx, visitor);
    if ((await readForm(ctx)).get('client_id')?.trim() !== client.id) {
      ctx.status = 422;
      return drawOne(ctx, visitor, client, { problems: [{ path: 'client_id', message: words(ctx).deleteWrong }] });
    }
    await clients.delete(client.id, null);
    await logos.forget(client);
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
    pathOf,
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

const pathOf = ({ id }: Client): string => `${listPath}/${encodeURIComponent(id)}`;
