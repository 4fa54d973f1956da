// `tessera client …`: the same use-cases as the administration API, in an operator's terminal. Every change is audited as the command line's.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { ClientChange } from '../core/audit/audit-record.ts';
import { type Client, ClientError } from '../core/client/client.ts';
import { differenceOf } from '../core/client/client-difference.ts';
import { describeClient, entryOf } from '../core/client/client-entry.ts';
import type { Clients, NewClient } from '../core/client/clients.ts';
import type { Logos } from '../core/client/logos.ts';
import { readPicture, readSettings, required, settingsOfLine, UsageError } from './input.ts';

type Values = {
  readonly json: boolean;
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly 'redirect-uri'?: string[] | undefined;
  readonly public: boolean;
  readonly native: boolean;
  readonly machine: boolean;
  readonly 'first-party': boolean;
  readonly scope?: string | undefined;
  readonly input?: string | undefined;
  readonly search?: string | undefined;
  readonly secret?: string | undefined;
  readonly days?: string | undefined;
  readonly file?: string | undefined;
  /** `key=value`, as written. */
  readonly settings: readonly string[];
};

export type RecordChange = (event: ClientChange, id: string, facts?: Record<string, string>) => Promise<void>;
/** What commands ask for, of this machine's store or of a provider elsewhere (remote/clients.ts). */
export type ClientDesk = Pick<
  Clients,
  'findAny' | 'page' | 'create' | 'update' | 'setDisabled' | 'delete' | 'addSecret' | 'revokeSecret'
>;
export type LogoDesk = Pick<Logos, 'set' | 'remove' | 'forget'>;
type Deps = { readonly clients: ClientDesk; readonly logos: LogoDesk; readonly record: RecordChange };

/** @returns what is printed */
export type ClientCommand = (deps: Deps, values: Values) => Promise<string>;

export const recordChange =
  (audit: Audit): RecordChange =>
  (event, id, facts = {}) =>
    audit.clientChanged(event, { by: byCommandLine, subject: id }, facts);

const daySeconds = 86_400;

export const clientCommands: Readonly<Record<string, ClientCommand>> = {
  'client add': add,
  'client list': list,
  'client show': show,
  'client update': async (deps, values) => change(deps, values, await readSettings(required(values.input, '--input'))),
  'client set': (deps, values) => change(deps, values, settingsOfLine(values.settings)),
  'client logo': setLogo,
  'client disable': (deps, values) => setDisabled(deps, values, true),
  'client enable': (deps, values) => setDisabled(deps, values, false),
  'client delete': remove,
  'client secret add': addSecret,
  'client secret revoke': revokeSecret,
};

async function add({ clients, record }: Deps, values: Values): Promise<string> {
  const input = values.input === undefined ? inputOf(values) : await readSettings(values.input);
  const made = await clients.create(input);
  await record('client.created', made.client.id);
  return shownOnce(made, values);
}

/** Safe defaults by kind: what a person would otherwise have to know. */
function inputOf(values: Values): Record<string, unknown> {
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

function shownOnce({ client, secret }: NewClient, { json }: Values): string {
  if (json) return JSON.stringify({ ...entryOf(client), client_secret: secret });
  const lines = [`client_id      ${client.id}`];
  if (secret) lines.push(`client_secret  ${secret}   (shown this once)`);
  return lines.join('\n');
}

/** Every page, written as one list. */
async function list({ clients }: Deps, { json, search }: Values): Promise<string> {
  const found: Client[] = [];
  for (let after: string | undefined; ; ) {
    const { clients: page, cursor } = await clients.page({ search, after, limit: 200 });
    found.push(...page);
    if (cursor === null) break;
    after = cursor;
  }
  if (json) return JSON.stringify(found.map(describeClient));
  return found.map((each) => [each.id, each.metadata.client_name ?? '', stateOf(each)].join('\t')).join('\n');
}

async function show({ clients }: Deps, values: Values): Promise<string> {
  const client = await find(clients, values);
  return JSON.stringify(describeClient(client), null, values.json ? 0 : 2);
}

async function find(clients: ClientDesk, values: Values): Promise<Client> {
  const client = await clients.findAny(required(values.id, '--id'));
  if (!client) throw new ClientError('client_not_found', 'There is no such client.');
  return client;
}

async function change({ clients, record }: Deps, values: Values, patch: Record<string, unknown>): Promise<string> {
  const before = await find(clients, values);
  const client = await clients.update(before.id, { patch }, null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, 'changed', values);
}

async function setLogo({ clients, logos, record }: Deps, values: Values): Promise<string> {
  const before = await find(clients, values);
  const isTaken = values.file === undefined;
  const client = isTaken
    ? await logos.remove(before.id, null)
    : await logos.set(before.id, await readPicture(values.file ?? ''), null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, isTaken ? 'without a logo' : 'shown with this logo', values);
}

async function setDisabled({ clients, record }: Deps, values: Values, isDisabled: boolean): Promise<string> {
  const before = await find(clients, values);
  const client = await clients.setDisabled(before.id, isDisabled, null);
  await record('client.changed', client.id, differenceOf(before, client));
  return done(client, isDisabled ? 'off' : 'on', values);
}

async function remove({ clients, logos, record }: Deps, values: Values): Promise<string> {
  const id = required(values.id, '--id');
  const client = await clients.findAny(id);
  await clients.delete(id, null);
  if (client) await logos.forget(client);
  await record('client.deleted', id);
  return values.json ? JSON.stringify({ client_id: id }) : `Client ${id} is deleted.`;
}

async function addSecret({ clients, record }: Deps, values: Values): Promise<string> {
  const days = values.days === undefined ? null : Number(values.days);
  if (days !== null && !(days > 0)) throw new UsageError('--days is a number of days.');
  const expiresAt = days === null ? null : Math.floor(Date.now() / 1000) + days * daySeconds;
  const name = values.name ?? 'command line';
  const { client, id, secret } = await clients.addSecret(required(values.id, '--id'), { name, expiresAt });
  await record('client.secret_added', client.id, { secret: id });
  const kept = client.secrets.find((each) => each.id === id);
  if (values.json) return JSON.stringify({ id, client_secret: secret, expires_at: kept?.expiresAt ?? null });
  return `secret id      ${id}\nclient_secret  ${secret}   (shown this once; the others stay valid)`;
}

async function revokeSecret({ clients, record }: Deps, values: Values): Promise<string> {
  const secret = required(values.secret, '--secret');
  const client = await clients.revokeSecret(required(values.id, '--id'), secret);
  await record('client.secret_revoked', client.id, { secret });
  return done(client, 'without that secret', values);
}

const done = (client: Client, how: string, { json }: Values): string =>
  json ? JSON.stringify(describeClient(client)) : `Client ${client.id} is ${how}.`;

const stateOf = ({ disabledAt, source }: Client): string =>
  disabledAt !== null ? 'off' : source === 'configuration' ? 'on, by configuration' : 'on';
