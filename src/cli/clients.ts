// What `tessera client …` does, over the same use-cases as the administration API. The rows are in
// rows/client.ts. Every change is recorded in the audit trail as made by the command line.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { ClientChange } from '../core/audit/audit-record.ts';
import { type Client, ClientError } from '../core/client/client.ts';
import { differenceOf } from '../core/client/client-difference.ts';
import { describeClient, entryOf } from '../core/client/client-entry.ts';
import type { Clients, NewClient } from '../core/client/clients.ts';
import type { Logos } from '../core/client/logos.ts';
import type { Context } from './command.ts';
import { countOf, readPicture, readSettings, required, settingsOfLine } from './input.ts';
import { counted, type Table } from './output.ts';

/** Writes an audit record of a change. Does nothing for a provider elsewhere, which records it itself. */
export type RecordChange = (event: ClientChange, id: string, facts?: Record<string, string>) => Promise<void>;
/** The use-cases that the commands need. A provider elsewhere answers them in remote/clients.ts. */
export type ClientDesk = Pick<
  Clients,
  'findAny' | 'page' | 'create' | 'update' | 'setDisabled' | 'addSecret' | 'revokeSecret'
> & { readonly delete: (id: string, expected: number | null) => Promise<unknown> };
/** As ClientDesk, for logos. */
export type LogoDesk = Pick<Logos, 'set' | 'remove' | 'forget'>;
/** Where the commands work: the store of this machine, or a provider elsewhere. */
export type ClientDesks = { readonly clients: ClientDesk; readonly logos: LogoDesk; readonly record: RecordChange };

type Json = { readonly json: boolean };
type One = Json & { readonly id: string };
type Confirming = Pick<Context, 'confirm'>;

/** Records in the audit trail of this machine's store, as made by the command line. */
export const recordChange =
  (audit: Audit): RecordChange =>
  (event, id, facts = {}) =>
    audit.clientChanged(event, { by: byCommandLine, subject: id }, facts);

const daySeconds = 86_400;

/** What `client add` takes. */
export type NewClientValues = Json & {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly 'redirect-uri'?: string[] | undefined;
  readonly public: boolean;
  readonly native: boolean;
  readonly machine: boolean;
  readonly 'first-party': boolean;
  readonly scope?: string | undefined;
  readonly input?: string | undefined;
};

/** `client add`. The only time that the secret is shown. */
export async function addClient({ clients, record }: ClientDesks, values: NewClientValues): Promise<string> {
  const input = values.input === undefined ? inputOf(values) : await readSettings(values.input);
  const made = await clients.create(input);
  await record('client.created', made.client.id);
  return shownOnce(made, values);
}

/** Safe defaults for each kind of client. */
function inputOf(values: NewClientValues): Record<string, unknown> {
  const shared = { client_id: values.id, client_name: required(values.name, '--name') };
  if (values.machine) {
    return { ...shared, grant_types: ['client_credentials'], scope: required(values.scope, '--scope') };
  }
  return {
    ...shared,
    redirect_uris: values['redirect-uri'] ?? [],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: values.scope ?? 'openid profile email offline_access',
    token_endpoint_auth_method: values.public ? 'none' : 'client_secret_basic',
    ...(values.native && { application_type: 'native' }),
    ...(values['first-party'] && { first_party: true }),
  };
}

/** Prints the secret, which is stored as a digest only. */
function shownOnce({ client, secret }: NewClient, { json }: Json): string {
  if (json) return JSON.stringify({ ...entryOf(client), client_secret: secret });
  const lines = [`client_id      ${client.id}`];
  if (secret) lines.push(`client_secret  ${secret}   (shown this once)`);
  return lines.join('\n');
}

/** `client list`: reads every page, and prints one list. */
export async function listClients(
  { clients }: Pick<ClientDesks, 'clients'>,
  { json, search }: Json & { readonly search?: string | undefined },
): Promise<string | Table> {
  const found: Client[] = [];
  for (let after: string | undefined; ; ) {
    const { clients: page, cursor } = await clients.page({ search, after, limit: 200 });
    found.push(...page);
    if (cursor === null) break;
    after = cursor;
  }
  if (json) return JSON.stringify(found.map(describeClient));
  const rows = found.map((each) => [each.id, each.metadata.client_name ?? '', stateOf(each)]);
  return { headers: ['CLIENT ID', 'NAME', 'STATE'], rows, none: 'There are no clients.' };
}

/** `client show`. Secrets are shown without their value. */
export async function showClient({ clients }: Pick<ClientDesks, 'clients'>, values: One): Promise<string> {
  const client = await find(clients, values);
  return JSON.stringify(describeClient(client), null, values.json ? 0 : 2);
}

/** @throws ClientError `client_not_found` */
async function find(clients: ClientDesk, { id }: { readonly id: string }): Promise<Client> {
  const client = await clients.findAny(id);
  if (!client) throw new ClientError('client_not_found', 'There is no such client.');
  return client;
}

/** `client update`: a file names what changes. */
export const updateClient = async (desks: ClientDesks, values: One & { readonly input: string }): Promise<string> =>
  change(desks, values, await readSettings(values.input));

/** `client set`: the line names what changes. */
export const setClient = async (
  desks: ClientDesks,
  values: One & { readonly words: readonly string[] },
): Promise<string> => change(desks, values, settingsOfLine(values.words));

/** Records the fields that differ afterwards. */
async function change({ clients, record }: ClientDesks, values: One, patch: Record<string, unknown>): Promise<string> {
  const before = await find(clients, values);
  const client = await clients.update(before.id, { patch }, null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, 'changed', values);
}

/** `client logo`: sets the picture, or deletes it after a confirmation. */
export async function setClientLogo(
  { clients, logos, record }: ClientDesks,
  values: One & { readonly file?: string | undefined },
  { confirm }: Confirming,
): Promise<string> {
  const before = await find(clients, values);
  const isTaken = values.file === undefined;
  if (isTaken && before.logo) await confirm(`The logo of app ${before.id} will be deleted.`);
  const client = isTaken
    ? await logos.remove(before.id, null)
    : await logos.set(before.id, await readPicture(values.file ?? ''), null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, isTaken ? 'without a logo' : 'shown with this logo', values);
}

/** `client disable` and `client enable`. */
export async function setClientDisabled(
  { clients, record }: ClientDesks,
  values: One,
  isDisabled: boolean,
): Promise<string> {
  const before = await find(clients, values);
  const client = await clients.setDisabled(before.id, isDisabled, null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, isDisabled ? 'off' : 'on', values);
}

/** `client delete`, after a confirmation. */
export async function deleteClient(
  { clients, logos, record }: ClientDesks,
  values: One,
  { confirm }: Confirming,
): Promise<string> {
  const { id } = values;
  const client = await clients.findAny(id);
  if (client) await confirm(lossOf(client));
  await clients.delete(id, null);
  if (client) await logos.forget(client);
  await record('client.deleted', id);
  return values.json ? JSON.stringify({ client_id: id }) : `App ${id} is deleted.`;
}

/** What is lost when a client is deleted, for the question. */
function lossOf({ id, metadata, secrets, logo }: Client): string {
  const what = [...(secrets.length > 0 ? [counted(secrets.length, 'secret')] : []), ...(logo ? ['its logo'] : [])];
  const name = metadata.client_name ? ` (${metadata.client_name})` : '';
  const loss = what.length > 0 ? `, with ${what.join(' and ')}` : '';
  return `App ${id}${name} will be deleted for good${loss}. Nobody can sign in to it any more.`;
}

/** `client secret add`. The only time that the secret is shown. */
export async function addClientSecret(
  { clients, record }: ClientDesks,
  values: One & { readonly name?: string | undefined; readonly days?: string | undefined },
): Promise<string> {
  const days = values.days === undefined ? null : countOf(values.days, '--days');
  const expiresAt = days === null ? null : Math.floor(Date.now() / 1000) + days * daySeconds;
  const name = values.name ?? 'command line';
  const { client, id, secret } = await clients.addSecret(values.id, { name, expiresAt });
  await record('client.secret_added', client.id, { secret: id });
  const kept = client.secrets.find((each) => each.id === id);
  if (values.json) return JSON.stringify({ id, client_secret: secret, expires_at: kept?.expiresAt ?? null });
  return `secret id      ${id}\nclient_secret  ${secret}   (shown this once; the others stay valid)`;
}

/** `client secret revoke`. The last valid secret is revoked after a confirmation only. */
export async function revokeClientSecret(
  { clients, record }: ClientDesks,
  values: One & { readonly secret: string },
  { confirm, clock }: Confirming & Pick<Context, 'clock'>,
): Promise<string> {
  const { id, secret } = values;
  const before = await find(clients, values);
  if (isLastSecret(before, secret, clock()))
    await confirm(`This is the last valid secret of app ${id}: without it the app cannot authenticate.`);
  const client = await clients.revokeSecret(id, secret);
  await record('client.secret_revoked', client.id, { secret });
  return done(client, 'without that secret', values);
}

/** True when the client has this secret, and no other that has not expired. */
function isLastSecret({ secrets }: Client, id: string, now: number): boolean {
  const others = secrets.filter((each) => each.id !== id && (each.expiresAt === null || each.expiresAt > now));
  return others.length === 0 && secrets.some((each) => each.id === id);
}

/** The answer of a command that changed a client. */
const done = (client: Client, how: string, { json }: Json): string =>
  json ? JSON.stringify(describeClient(client)) : `App ${client.id} is ${how}.`;

/** As tables show it. */
const stateOf = ({ disabledAt, source }: Client): string =>
  disabledAt !== null ? 'off' : source === 'configuration' ? 'on, by configuration' : 'on';
