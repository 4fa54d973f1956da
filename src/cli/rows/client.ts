// `tessera client …`: apps (relying parties) of this machine's store or of a provider elsewhere. Each row
// opens the clients where the command works, and runs a handler of ../clients.ts. Every row has the place
// `either`, because the administration API offers the same use-cases as the store.

import type { ClientDesks } from '../clients.ts';
import { type Context, defineCommand, flag, id, list, required, text } from '../command.ts';
import { clientId, json, onEither, yes } from '../common-options.ts';
import type { Output } from '../output.ts';

/** Imported when a command runs, not when the rows are read. */
type Handlers = typeof import('../clients.ts');

/** Opens the clients where the command works, and runs a handler of clients.ts on them. */
async function onClients(
  values: { readonly config?: string | undefined },
  context: Context,
  work: (handlers: Handlers, desks: ClientDesks) => Promise<Output>,
): Promise<Output> {
  const { withClients } = await import('../desks.ts');
  const handlers = await import('../clients.ts');
  return withClients(values, context, (desks) => work(handlers, desks));
}

/** Shared by `client add` and `client update`. */
const input = text('input', 'FILE', 'All settings as YAML or JSON. “-” reads standard input.');
/** Of every command of this noun. */
const common = [json, ...onEither] as const;

/**
 * `delete`, `logo` without a file and `secret revoke` of the last valid secret destroy something, so they ask
 * for a confirmation.
 */
export const clientRows = [
  defineCommand({
    name: 'client add',
    sentence: 'Add an app, and print its client_id and client_secret.',
    details: 'The secret is shown only once. --public, --native and --machine choose the kind of the app.',
    options: [
      text('name', 'NAME', 'What people read when they sign in. Required without --input.'),
      list('redirect-uri', 'URI', 'Where the browser returns to. May stand several times.'),
      id('id', 'ID', 'The client_id. Default: a random one.'),
      flag('public', 'No secret: an app that runs in a browser or on a phone.'),
      flag('native', 'An app of a phone or desktop.'),
      flag('first-party', 'Skip consent: our own app.'),
      flag('machine', 'A program that calls the administration API, without people. Needs --scope.'),
      text('scope', 'SCOPES', 'The scopes that it may ask for, separated by spaces.'),
      input,
      ...common,
    ],
    examples: [
      'client add --name "My shop" --redirect-uri https://shop.example/callback',
      'client add --name "My page" --redirect-uri https://page.example/ --public',
      'client add --name Operations --machine --scope "clients:read clients:write" --json',
      'client add --input my-shop.yaml',
    ],
    place: 'either',
    run: (values, context) => onClients(values, context, ({ addClient }, desks) => addClient(desks, values)),
  }),
  defineCommand({
    name: 'client list',
    sentence: 'List the apps.',
    options: [text('search', 'TEXT', 'Only apps whose name begins with this.'), ...common],
    examples: ['client list', 'client list --search shop --json'],
    place: 'either',
    run: (values, context) => onClients(values, context, ({ listClients }, desks) => listClients(desks, values)),
  }),
  defineCommand({
    name: 'client show',
    sentence: 'Print all settings of an app as JSON. Secrets are not shown.',
    options: [clientId, flag('json', 'Print JSON on one line.'), ...onEither],
    examples: ['client show --id shop'],
    place: 'either',
    run: (values, context) => onClients(values, context, ({ showClient }, desks) => showClient(desks, values)),
  }),
  defineCommand({
    name: 'client update',
    sentence: 'Change settings of an app by a file.',
    details: 'The file names only what changes. null resets a setting to its default.',
    options: [clientId, required(input), ...common],
    examples: ['client update --id shop --input changes.yaml'],
    place: 'either',
    run: (values, context) => onClients(values, context, ({ updateClient }, desks) => updateClient(desks, values)),
  }),
  defineCommand({
    name: 'client set',
    sentence: 'Change settings of an app on the command line.',
    details: 'A value is YAML: true, 3600, [a, b]. null resets a setting to its default.',
    argument: {
      name: 'KEY=VALUE',
      sentence: 'A setting and its new value.',
      isRequired: true,
      isVariadic: true,
    },
    options: [clientId, ...common],
    examples: [
      'client set --id shop client_name="My shop"',
      'client set --id shop session_seconds=3600 cors_origins=[https://shop.example]',
    ],
    place: 'either',
    run: (values, context) => onClients(values, context, ({ setClient }, desks) => setClient(desks, values)),
  }),
  defineCommand({
    name: 'client logo',
    sentence: 'Set the logo of an app, or delete it.',
    details: 'Without --file the logo is deleted, after a confirmation.',
    options: [clientId, text('file', 'PICTURE', 'A PNG, JPEG, WebP or plain SVG file.'), yes, ...common],
    examples: ['client logo --id shop --file logo.svg', 'client logo --id shop'],
    place: 'either',
    // Leaving --file out by mistake must not delete the logo unasked.
    destroys: ({ file }) => file === undefined,
    run: (values, context) =>
      onClients(values, context, ({ setClientLogo }, desks) => setClientLogo(desks, values, context)),
  }),
  defineCommand({
    name: 'client disable',
    sentence: 'Disable an app: nobody can sign in to it until it is enabled again.',
    options: [clientId, ...common],
    examples: ['client disable --id shop'],
    place: 'either',
    run: (values, context) =>
      onClients(values, context, ({ setClientDisabled }, desks) => setClientDisabled(desks, values, true)),
  }),
  defineCommand({
    name: 'client enable',
    sentence: 'Enable an app that was disabled.',
    options: [clientId, ...common],
    examples: ['client enable --id shop'],
    place: 'either',
    run: (values, context) =>
      onClients(values, context, ({ setClientDisabled }, desks) => setClientDisabled(desks, values, false)),
  }),
  defineCommand({
    name: 'client delete',
    sentence: 'Delete an app for good, with its secrets and its logo.',
    options: [clientId, yes, ...common],
    examples: ['client delete --id shop', 'client delete --id shop --yes'],
    place: 'either',
    destroys: () => true,
    run: (values, context) =>
      onClients(values, context, ({ deleteClient }, desks) => deleteClient(desks, values, context)),
  }),
  defineCommand({
    name: 'client secret add',
    sentence: 'Add a secret to an app, and print it once. The other secrets stay valid.',
    options: [
      clientId,
      text('name', 'NAME', 'What the secret is called. Default: command line.'),
      text('days', 'DAYS', 'The secret expires after this many days. Default: never.'),
      ...common,
    ],
    examples: ['client secret add --id shop --name "new server" --days 90'],
    place: 'either',
    run: (values, context) =>
      onClients(values, context, ({ addClientSecret }, desks) => addClientSecret(desks, values)),
  }),
  defineCommand({
    name: 'client secret revoke',
    sentence: 'Revoke a secret of an app at once.',
    // Whether a secret is the last is known only after reading the client, so this row has no `destroys`.
    details: 'When no other secret is valid, the command asks for a confirmation.',
    options: [
      clientId,
      required(id('secret', 'ID', 'The id of the secret, as “client show” prints it.')),
      yes,
      ...common,
    ],
    examples: ['client secret revoke --id shop --secret 3yPq…'],
    place: 'either',
    run: (values, context) =>
      onClients(values, context, ({ revokeClientSecret }, desks) => revokeClientSecret(desks, values, context)),
  }),
];
