// `tessera client …`: the same use-cases as the administration API, in an operator's terminal.

import { readPicture, readSettings, required, settingsOfLine, UsageError } from './cli-input.ts';
import { type Client, ClientError } from './client/client.ts';
import { describeClient, entryOf } from './client/client-entry.ts';
import type { Clients, NewClient } from './client/clients.ts';
import type { Logos } from './client/logos.ts';

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

/** @returns what is printed */
export type ClientCommand = (clients: Clients, values: Values, logos: Logos) => Promise<string>;

const daySeconds = 86_400;

export const clientCommands: Readonly<Record<string, ClientCommand>> = {
  'client add': add,
  'client list': list,
  'client show': show,
  'client update': update,
  'client set': set,
  'client logo': setLogo,
  'client disable': (clients, values) => setDisabled(clients, values, true),
  'client enable': (clients, values) => setDisabled(clients, values, false),
  'client delete': remove,
  'client secret add': addSecret,
  'client secret revoke': revokeSecret,
};

async function add(clients: Clients, values: Values): Promise<string> {
  const input = values.input === undefined ? inputOf(values) : await readSettings(values.input);
  return shownOnce(await clients.create(input), values);
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
async function list(clients: Clients, { json, search }: Values): Promise<string> {
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

async function show(clients: Clients, values: Values): Promise<string> {
  const id = required(values.id, '--id');
  const client = await clients.findAny(id);
  if (!client) throw new ClientError('client_not_found', 'There is no such client.');
  return JSON.stringify(describeClient(client), null, values.json ? 0 : 2);
}

async function update(clients: Clients, values: Values): Promise<string> {
  const patch = await readSettings(required(values.input, '--input'));
  return done(await clients.update(required(values.id, '--id'), { patch }, null), 'changed', values);
}

async function set(clients: Clients, values: Values): Promise<string> {
  const patch = settingsOfLine(values.settings);
  return done(await clients.update(required(values.id, '--id'), { patch }, null), 'changed', values);
}

async function setLogo(_clients: Clients, values: Values, logos: Logos): Promise<string> {
  const id = required(values.id, '--id');
  if (values.file === undefined) return done(await logos.remove(id, null), 'without a logo', values);
  return done(await logos.set(id, await readPicture(values.file), null), 'shown with this logo', values);
}

async function setDisabled(clients: Clients, values: Values, isDisabled: boolean): Promise<string> {
  const client = await clients.setDisabled(required(values.id, '--id'), isDisabled, null);
  return done(client, isDisabled ? 'off' : 'on', values);
}

async function remove(clients: Clients, values: Values, logos: Logos): Promise<string> {
  const id = required(values.id, '--id');
  const client = await clients.findAny(id);
  await clients.delete(id, null);
  if (client) await logos.forget(client);
  return values.json ? JSON.stringify({ client_id: id }) : `Client ${id} is deleted.`;
}

async function addSecret(clients: Clients, values: Values): Promise<string> {
  const days = values.days === undefined ? null : Number(values.days);
  if (days !== null && !(days > 0)) throw new UsageError('--days is a number of days.');
  const expiresAt = days === null ? null : Math.floor(Date.now() / 1000) + days * daySeconds;
  const name = values.name ?? 'command line';
  const { id, secret } = await clients.addSecret(required(values.id, '--id'), { name, expiresAt });
  if (values.json) return JSON.stringify({ id, client_secret: secret, expires_at: expiresAt });
  return `secret id      ${id}\nclient_secret  ${secret}   (shown this once; the others stay valid)`;
}

async function revokeSecret(clients: Clients, values: Values): Promise<string> {
  const client = await clients.revokeSecret(required(values.id, '--id'), required(values.secret, '--secret'));
  return done(client, 'without that secret', values);
}

const done = (client: Client, how: string, { json }: Values): string =>
  json ? JSON.stringify(describeClient(client)) : `Client ${client.id} is ${how}.`;

const stateOf = ({ disabledAt, source }: Client): string =>
  disabledAt !== null ? 'off' : source === 'configuration' ? 'on, by configuration' : 'on';
