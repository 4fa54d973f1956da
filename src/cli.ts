#!/usr/bin/env node
// `tessera`: commands for whoever runs the provider, each a few lines over the same use-cases as the server. Works beside a running one.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Accounts, createAccounts } from './account/accounts.ts';
import { checkNewPassword, createPasswords } from './account/password.ts';
import type { App } from './app.ts';
import { type Audit, createAudit } from './audit/audit.ts';
import { type AccountCommand, accountCommands, signOut } from './cli-accounts.ts';
import { showAudit } from './cli-audit.ts';
import { type ClientCommand, clientCommands, recordChange } from './cli-clients.ts';
import { applyConfig } from './cli-config.ts';
import { deviceCommands } from './cli-devices.ts';
import { initConfig } from './cli-init.ts';
import { readPassword, splitWords, UsageError } from './cli-input.ts';
import { listKeys, rotateKeys } from './cli-keys.ts';
import { linkCommands } from './cli-links.ts';
import { showStatus } from './cli-status.ts';
import { toClient } from './client/client-entry.ts';
import { longestIdTokenSeconds } from './client/client-schema.ts';
import { createClients } from './client/clients.ts';
import { createLogos } from './client/logos.ts';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { configPath } from './config-files.ts';
import { referenceYaml, schemaJson } from './config-reference.ts';
import { createVault } from './crypto.ts';
import { createDevices, type Devices } from './device/devices.ts';
import { AppError } from './errors.ts';
import { loadAdministrator } from './first-administrator.ts';
import { createLimits } from './limit/limit.ts';
import { createLinks, type Links } from './link/links.ts';
import { createLog } from './log.ts';
import { createSigningKeys, type SigningKeys } from './oidc/keys.ts';
import { generateSecretLines, loadSecrets } from './secrets.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

const usage = `tessera <command>
  start [--lan]                    run the provider
  config init [--issuer URL]       write a small tessera.yaml into this folder, which everything here then uses
  config check                     say whether the configuration and secrets can start a provider
  config reference [--write]       print config/reference.yaml, or write it with config/schema.json
  config apply [--dry-run]         bring the configuration's clients into the store, as every start does; or only
                                   show what would be created, changed and disabled
  client add --name N --redirect-uri URI … [--public] [--native] [--id ID] [--first-party]
  client add --name N --machine --scope "clients:read …"   for the administration API
  client add --input FILE                                  all settings, as YAML or JSON; - for standard input
  client list [--search S]     client show --id ID
  client update --id ID --input FILE                       only what changes; null takes a setting back
  client set --id ID KEY=VALUE …                           the same on the line: client_name=Shop cors_origins=[…]
  client logo --id ID --file PICTURE                       PNG, JPEG, WebP or plain SVG; without --file: none
  client disable --id ID       client enable --id ID       client delete --id ID
  client secret add --id ID [--name N] [--days D]          valid beside the others
  client secret revoke --id ID --secret S
  account add --username U [--name N] [--email E]   reads the password from standard input
  account list [--search S]         account show --username U
  account role --username U --set administrator,client-manager,auditor   replaces its roles; '' takes all away
  account disable --username U      account enable --username U
  account sign-out --username U     ends all its devices and the browsers they signed in
  account invite [--name N] [--uses 1] [--days 7] [--role R …]   a link by which people make an account
  account reset-link --username U   a link by which its owner sets a new password, within an hour
  account hash-password             reads a password from standard input; for TESSERA_ADMIN_PASSWORD_HASH
  admin link [--force]             a link to become the first administrator, within 30 minutes; --force: although
                                   there is one, because none can sign in
  device list --username U
  device remove --username U --id ID
  key list                         signing keys: next, current, previous, retired
  key rotate [--immediately]       successors sign once relying parties can know them; --immediately (a key
                                   is known to others): new keys sign at once, all older ones are gone
  status                           codes shown, scanned, approved …: now, of 24 hours and of 30 days; by client
  audit [--account U] [--client ID] [--ticket ID] [--event E] [--from T] [--to T] [--limit N | --all]
                                   newest first; times as 2026-01-31 or 2026-01-31T12:00Z; --json: JSON Lines
  keys generate                    print fresh secrets for the environment
Options: --config FILE (TESSERA_CONFIG, tessera.yaml, else config/development.yaml), --json
`;

const options = {
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  issuer: { type: 'string' },
  lan: { type: 'boolean', default: false },
  name: { type: 'string' },
  id: { type: 'string' },
  'redirect-uri': { type: 'string', multiple: true },
  public: { type: 'boolean', default: false },
  native: { type: 'boolean', default: false },
  'first-party': { type: 'boolean', default: false },
  machine: { type: 'boolean', default: false },
  scope: { type: 'string' },
  input: { type: 'string' },
  search: { type: 'string' },
  secret: { type: 'string' },
  days: { type: 'string' },
  username: { type: 'string' },
  email: { type: 'string' },
  uses: { type: 'string' },
  role: { type: 'string', multiple: true },
  force: { type: 'boolean', default: false },
  set: { type: 'string' },
  account: { type: 'string' },
  client: { type: 'string' },
  ticket: { type: 'string' },
  event: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  all: { type: 'boolean', default: false },
  limit: { type: 'string' },
  file: { type: 'string' },
  immediately: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];

const commands: Readonly<Record<string, (values: Values) => Promise<void>>> = {
  start: async () => void (await import('./main.ts')),
  'config init': async (values) => void print(await initConfig(values)),
  'config check': checkConfig,
  'config reference': showReference,
  'config apply': (values) =>
    withStore(values, async (store, config) => {
      const audit = createAudit({ store: store.audit, clock: systemClock });
      print(await applyConfig({ clients: store.clients, config, clock: systemClock, audit }, values));
    }),
  ...Object.fromEntries(
    Object.entries(clientCommands).map(([name, command]) => [name, (values: Values) => ofClients(values, command)]),
  ),
  ...Object.fromEntries(
    Object.entries(accountCommands).map(([name, command]) => [name, (values: Values) => ofAccounts(values, command)]),
  ),
  'account sign-out': signOutAccount,
  audit: (values) => withUseCases(values, (useCases) => showAudit({ ...useCases, write }, values)),
  status: (values) =>
    withStore(values, async (store, config) => {
      print(await showStatus(store.statistics, config, systemClock, values));
    }),
  ...Object.fromEntries(
    Object.entries({ ...deviceCommands, ...linkCommands }).map(([name, command]) => [
      name,
      (values: Values) => withUseCases(values, async (useCases) => void print(await command(useCases, values))),
    ]),
  ),
  'account hash-password': hashPassword,
  'key list': (values) => withKeys(values, async (deps) => print(await listKeys(deps, values))),
  'key rotate': (values) => withKeys(values, async (deps) => print(await rotateKeys(deps, values))),
  'keys generate': async () => void print(generateSecretLines().join('\n')),
};

process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const { values, positionals } = parse();
    const command = commands[positionals.join(' ')];
    if (values.help) return print(usage);
    if (!command)
      throw new UsageError(
        positionals.length > 0 ? `There is no command “${positionals.join(' ')}”.` : 'Which command?',
      );
    await command(values);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

function parse() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { settings, words } = splitWords(positionals);
  return { values: { ...values, settings }, positionals: words };
}

async function checkConfig(values: Values): Promise<void> {
  const config = await configOf(values);
  // In development they make themselves at the first start, which is not this.
  if (config.environment === 'production') loadSecrets(config.environment, process.env);
  loadAdministrator(process.env);
  const { createClientJudge, problemsOfClients } = await import('./oidc/client-judge.ts');
  const clients = config.clients.map((entry) => toClient(entry, systemClock()));
  const problems = await problemsOfClients(clients, await createClientJudge(config));
  if (problems.length > 0) throw new ConfigError(problems);
  print(`The configuration is good: ${config.issuer}, ${config.store.kind}, ${config.clients.length} clients.`);
}

async function showReference({ write }: Values): Promise<void> {
  if (!write) return void print(referenceYaml());
  await writeFile(new URL('../config/reference.yaml', import.meta.url), referenceYaml());
  await writeFile(new URL('../config/schema.json', import.meta.url), schemaJson());
  print('Wrote config/reference.yaml and config/schema.json.');
}

async function ofClients(values: Values, command: ClientCommand): Promise<void> {
  await withStore(values, async (store, config) => {
    const { createClientJudge } = await import('./oidc/client-judge.ts');
    const judge = await createClientJudge(config);
    const configured = config.clients.map((entry) => toClient(entry, systemClock()));
    const clients = createClients({ store: store.clients, configured, clock: systemClock, judge });
    const audit = createAudit({ store: store.audit, clock: systemClock });
    print(
      await command(
        { clients, logos: createLogos({ store: store.logos, clients }), record: recordChange(audit) },
        values,
      ),
    );
  });
}

async function ofAccounts(values: Values, command: AccountCommand): Promise<void> {
  await withUseCases(values, async (useCases) => {
    print(await command(useCases, values));
  });
}

/** For TESSERA_ADMIN_PASSWORD_HASH; stores nothing. */
async function hashPassword(values: Values): Promise<void> {
  const { password: settings } = await configOf(values);
  const password = await readPassword();
  checkNewPassword(password, []);
  print(await createPasswords(settings).hash(password));
}

/** By a whole provider that does not listen: ending sessions takes the same parts as in a running one, and relying parties are told. */
async function signOutAccount(values: Values): Promise<void> {
  await withApp(values, async (app) => print(await signOut(app, values)));
}

/** A whole provider that does not listen, for what only it can judge or end. Needs the nodes' secrets, as they do. */
async function withApp(values: Values, work: (app: App) => Promise<unknown>): Promise<void> {
  const config = await configOf(values);
  const secrets = loadSecrets(config.environment, process.env);
  const { openApp } = await import('./app.ts');
  const log = createLog({ log: { level: 'warn' }, destination: process.stderr });
  const app = await openApp({ config, secrets, log });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

type UseCases = {
  accounts: Accounts;
  audit: Audit;
  devices: Devices;
  links: Links;
};

async function withUseCases(values: Values, work: (useCases: UseCases) => Promise<void>): Promise<void> {
  await withStore(values, async (store, config) => {
    const clock = systemClock;
    const limits = createLimits({ store: store.limits, clock });
    const lifetimes = { idleSeconds: config.device.idle_seconds, absoluteSeconds: config.device.absolute_seconds };
    const passwords = createPasswords(config.password);
    const accounts = createAccounts({ store: store.accounts, passwords, limits, clock });
    const audit = createAudit({ store: store.audit, clock });
    await work({
      accounts,
      audit,
      links: createLinks({ issuer: config.issuer, store: store.links, accounts, audit, clock }),
      devices: createDevices({ store: store.devices, clock, lifetimes }),
    });
  });
}

/** Needs the nodes' encryption key, as the nodes do. */
async function withKeys(
  values: Values,
  work: (deps: { keys: SigningKeys; audit: Audit }) => Promise<unknown>,
): Promise<void> {
  await withStore(values, async (store, config) => {
    const { encryptionKey } = loadSecrets(config.environment, process.env);
    const audit = createAudit({ store: store.audit, clock: systemClock });
    const keys = createSigningKeys({
      store: store.keys,
      vault: createVault(encryptionKey),
      audit,
      clock: systemClock,
      rotationDays: config.keys.rotation_days,
      idTokenSeconds: Math.max(config.tokens.id_token_seconds, longestIdTokenSeconds),
      sessionSeconds: config.tokens.session_seconds,
    });
    await work({ keys, audit });
  });
}

async function withStore(values: Values, work: (store: Store, config: Config) => Promise<void>): Promise<void> {
  const config = await configOf(values);
  const store = await openStore(config.store, systemClock);
  try {
    await work(store, config);
  } finally {
    await store.close();
  }
}

function configOf(values: Values): Promise<Config> {
  return loadConfig(configPath(values.config, process.env), process.env);
}

/** What a terminal would obey is shown as a question mark: names come from strangers' browsers. */
function plain(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

/** As print, for what is long: resolves when there is room for more. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(plain(text))) await once(process.stdout, 'drain');
}

function print(text: string): number {
  process.stdout.write(text === '' || text.endsWith('\n') ? plain(text) : `${plain(text)}\n`);
  return 0;
}

function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(error.problems.map(({ path, message }) => `${path} ${message}\n`).join(''));
    return 1;
  }
  const isUsage =
    error instanceof UsageError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    isUsage ? `${message}\n\n${usage}` : `${message}${error instanceof AppError ? ` (${error.code})` : ''}\n`,
  );
  return isUsage ? 2 : 1;
}
