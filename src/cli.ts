#!/usr/bin/env node
// `tessera`: commands for whoever runs the provider, each a few lines over the same use-cases as the server. Works beside a running one.
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from './app/basics.ts';
import { problemsOfConfiguredClients } from './app/client-judging.ts';
import { loadAdministrator } from './app/first-administrator.ts';
import { type AccountCommand, accountCommands, deleteAccount, signOut } from './cli/accounts.ts';
import { showAudit } from './cli/audit.ts';
import { type ClientCommand, clientCommands, recordChange } from './cli/clients.ts';
import { applyConfig } from './cli/config.ts';
import { deviceCommands } from './cli/devices.ts';
import { initConfig } from './cli/init.ts';
import { readPassword, UsageError } from './cli/input.ts';
import { listKeys, rotateKeys } from './cli/keys.ts';
import { linkCommands } from './cli/links.ts';
import { plain, print, write } from './cli/output.ts';
import { basicsOf, configOf, secretsOf, withApp, withClients, withKeys, withStore, withUseCases } from './cli/parts.ts';
import { remoteIssuer } from './cli/remote/issuer.ts';
import { RemoteError } from './cli/remote/remote-error.ts';
import { showStatus } from './cli/status.ts';
import { parseCommand, usage, type Values } from './cli/usage.ts';
import { systemClock } from './clock.ts';
import { ConfigError } from './config/config.ts';
import { referenceYaml, schemaJson } from './config/reference.ts';
import { generateSecretLines } from './config/secrets.ts';
import { checkNewPassword } from './core/account/password-rules.ts';
import { AppError } from './errors.ts';

type Command = (values: Values) => Promise<void>;

/** Wherever the provider is. */
const commandsAnywhere: Readonly<Record<string, Command>> = {
  start: async () => void (await import('./main.ts')),
  'config init': async (values) => void print(await initConfig(values)),
  'config check': checkConfig,
  'config reference': showReference,
  'account hash-password': printPasswordHash,
  'key generate': async () => void print(generateSecretLines().join('\n')),
  login: signInElsewhere,
  logout: async (values) => {
    const { logout } = await import('./cli/remote/login.ts');
    print(await logout(values, { env: process.env, clock: systemClock }));
  },
  whoami: async (values) => {
    const { whoami } = await import('./cli/remote/login.ts');
    print(await whoami(values, { env: process.env, clock: systemClock }));
  },
};

/** Over the store of this machine; with --issuer, what of it a provider elsewhere can be asked for (cli/remote/commands.ts). */
const commands: Readonly<Record<string, Command>> = {
  'config apply': (values) =>
    withStore(values, async (store, config) => {
      const { audit } = basicsOf(store, config);
      print(await applyConfig({ clients: store.clients, config, clock: systemClock, audit }, values));
    }),
  ...Object.fromEntries(
    Object.entries(clientCommands).map(([name, command]) => [name, (values: Values) => ofClients(values, command)]),
  ),
  ...Object.fromEntries(
    Object.entries(accountCommands).map(([name, command]) => [name, (values: Values) => ofAccounts(values, command)]),
  ),
  'account sign-out': signOutAccount,
  'account delete': (values) => withApp(values, async (app) => print(await deleteAccount(app, values))),
  audit: (values) => withUseCases(values, (useCases) => showAudit({ ...useCases, write }, values)),
  status: (values) =>
    withStore(values, async (store, config) => {
      print(await showStatus(store, config, systemClock, values));
    }),
  ...Object.fromEntries(
    Object.entries({ ...deviceCommands, ...linkCommands }).map(([name, command]) => [
      name,
      (values: Values) => withUseCases(values, async (useCases) => void print(await command(useCases, values))),
    ]),
  ),
  'key list': (values) => withKeys(values, async (deps) => print(await listKeys(deps, values))),
  'key rotate': (values) => withKeys(values, async (deps) => print(await rotateKeys(deps, values))),
};

/** As a shell says it of a command that Ctrl-C ended. */
const interrupted = 130;

process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const { values, positionals } = parseCommand();
    if (values.help) print(usage);
    else await runCommand(positionals.join(' '), values);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

async function runCommand(name: string, values: Values): Promise<void> {
  const anywhere = commandsAnywhere[name];
  if (anywhere) return anywhere(values);
  const command = commands[name];
  if (!command) throw new UsageError(name === '' ? 'Which command?' : `There is no command “${name}”.`);
  const issuer = remoteIssuer(values, process.env);
  if (issuer === null) return command(values);
  const { runRemotely } = await import('./cli/remote/commands.ts');
  print(await runRemotely(name, values, { issuer, env: process.env, clock: systemClock, write }));
}

async function signInElsewhere(values: Values): Promise<void> {
  const { login } = await import('./cli/remote/login.ts');
  const given = new AbortController();
  // Stays: the second of two signals must not end the process before it has said what became of it.
  process.on('SIGINT', () => given.abort());
  const text = await login(values, {
    env: process.env,
    clock: systemClock,
    sleep: (seconds, signal) => sleep(seconds * 1000, undefined, signal && { signal }),
    signal: given.signal,
    write: (text) => void process.stdout.write(text),
    columns: process.stdout.columns,
    machine: hostname(),
  });
  print(text);
}

async function checkConfig(values: Values): Promise<void> {
  const config = await configOf(values);
  // In development the first start makes the secrets. A check must not make any.
  if (config.environment === 'production') secretsOf(values, config);
  loadAdministrator(process.env);
  const problems = await problemsOfConfiguredClients(config, systemClock);
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
  await withClients(values, async ({ clients, logos, audit }) =>
    print(await command({ clients, logos, record: recordChange(audit) }, values)),
  );
}

async function ofAccounts(values: Values, command: AccountCommand): Promise<void> {
  await withUseCases(values, async (useCases) => {
    print(await command(useCases, values));
  });
}

/** For TESSERA_ADMIN_PASSWORD_HASH; stores nothing. */
async function printPasswordHash(values: Values): Promise<void> {
  const config = await configOf(values);
  const password = await readPassword();
  await checkNewPassword(password, []);
  print(await hashPassword(config, password));
}

/** By a whole provider that does not listen: ending sessions takes the same parts as in a running one, and relying parties are told. */
async function signOutAccount(values: Values): Promise<void> {
  await withApp(values, async (app) => print(await signOut(app, values)));
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
    isUsage ? `${message}\n\n${usage}` : plain(`${message}${error instanceof AppError ? ` (${error.code})` : ''}\n`),
  );
  if (error instanceof RemoteError && error.code === 'login_cancelled') return interrupted;
  return isUsage ? 2 : 1;
}
