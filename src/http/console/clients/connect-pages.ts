// The console's page that helps to connect an app: its values, code to paste, and the button. It changes
// nothing and shows no secret.
import type { Client } from '../../../core/client/client.ts';
import { usesSecret } from '../../../core/client/client.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { Text } from '../../../i18n/messages.ts';
import { fill } from '../../../i18n/text.ts';
import type { Trials } from '../../../oidc/trial.ts';
import type { Context } from '../../kit/context.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleView } from '../console-view.ts';
import type { ClientsViews } from './clients-views.ts';
import {
  type ClientKind,
  clientKindOf,
  isWithoutRedirect,
  type LibraryId,
  librariesFor,
  provesItselfBy,
} from './libraries.ts';
import { clientHead, clientOf } from './one-client.ts';
import { createSnippets } from './snippets.ts';

export type ConnectPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ClientsViews;
  readonly clients: Clients;
  readonly trials: Trials;
};

export function addConnectPages({ issuer, console, view, views, clients, trials }: ConnectPagesDeps): void {
  const snippets = createSnippets({ issuer });
  const words = (ctx: Context) => view.words(ctx).connect;

  /** Shows the code of the chosen library, else of the first that suits the app. */
  const connect: ConsoleHandler = async (ctx, visitor) => {
    const client = await clientOf(ctx, clients);
    const { suited, others } = librariesFor(client);
    const all = [...suited, ...others];
    const chosen = all.find(({ id }) => id === ctx.query.library) ?? all[0];
    if (!chosen) return;
    const { path } = clientHead(client);
    const tab = ({ id, label }: { id: LibraryId; label: string }) => ({
      label,
      href: `${path}/connect?library=${id}#code`,
      isHere: id === chosen.id,
    });
    const html = views.connect({
      ...view.of(ctx, visitor, 'clients'),
      client: clientHead(client),
      values: valuesOf(ctx, client),
      suited: suited.map(tab),
      others: others.map(tab),
      chosen: chosen.label,
      notes: notesOf(ctx, client, chosen.id),
      files: snippets.files(chosen.id, client, scopeOf(client)),
      discoveryCommand: `curl --silent '${issuer}/.well-known/openid-configuration'`,
      hasSignIn: !isWithoutRedirect(clientKindOf(client)),
    });
    view.send(ctx, html);
  };

  /** A machine asks for what it may do; every other client for what it wants to know about a person. */
  const scopeOf = (client: Client): string =>
    clientKindOf(client) === 'machine' ? String(client.metadata.scope ?? '') : trials.scopeOf(client);

  /** The values that a library asks for. Endpoints that the app has no use for are left out. */
  function valuesOf(ctx: Context, client: Client) {
    const { id, metadata } = client;
    const { values } = words(ctx);
    const endpoint = (path: string) => `${issuer}${path}`;
    const rows: [string, string][] = [
      [values.clientId, id],
      [values.method, String(metadata.token_endpoint_auth_method ?? 'client_secret_basic')],
      ...metadata.redirect_uris.map((uri): [string, string] => [values.redirectUri, uri]),
      [values.issuer, issuer],
      [values.discovery, endpoint('/.well-known/openid-configuration')],
      [values.authorization, endpoint('/auth')],
      ...(metadata.device_grant === true ? [[values.device, endpoint('/device/auth')] as [string, string]] : []),
      [values.token, endpoint('/token')],
      [values.userinfo, endpoint('/me')],
      [values.jwks, endpoint('/jwks')],
      [values.logout, endpoint('/session/end')],
    ];
    const ofRedirects: string[] = [values.authorization, values.logout];
    const hidden: Readonly<Partial<Record<ClientKind, string[]>>> = {
      machine: [...ofRedirects, values.userinfo],
      screen: ofRedirects,
    };
    const isShown = ([name]: [string, string]) => !hidden[clientKindOf(client)]?.includes(name);
    return rows.filter(isShown).map(([name, value]) => ({ name, value }));
  }

  /** What the code cannot say by itself, in sentences. */
  function notesOf(ctx: Context, client: Client, id: LibraryId): string[] {
    const w = words(ctx);
    const { metadata } = client;
    // For an app that signs people in, curl only fetches the discovery document.
    if (id === 'curl' && clientKindOf(client) !== 'machine') return [];
    const method = String(metadata.token_endpoint_auth_method ?? 'client_secret_basic');
    const possible = provesItselfBy(id);
    const ofLibrary: Readonly<Partial<Record<LibraryId, Text<{ origin: string }>>>> = w.notes;
    const isBound = metadata.dpop_bound_access_tokens === true && clientKindOf(client) !== 'machine';
    return [
      ...(usesSecret(metadata) && possible.includes(method) && id !== 'nginx' ? [w.secretNote] : []),
      ...(possible.includes(method) ? [] : [fill(w.methodNote, { method, possible: possible.join(', ') })]),
      ...(isBound ? [w.boundNote] : []),
      ...(ofLibrary[id] === undefined ? [] : [fill(ofLibrary[id], { origin: originOf(client) })]),
    ];
  }

  console.page('clients', '/clients/:id/connect', connect);
}

/** The first redirect URI; empty for a client without one. */
const firstUri = ({ metadata }: Client): string => metadata.redirect_uris[0] ?? '';

/** The origin of the app; a placeholder for a native one. */
function originOf(client: Client): string {
  const uri = firstUri(client);
  return URL.canParse(uri) && new URL(uri).origin !== 'null' ? new URL(uri).origin : 'https://…';
}
