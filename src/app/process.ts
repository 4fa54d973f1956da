// Runs the provider as a process: loads configuration and secrets, opens the app, listens, and on SIGTERM
// or SIGINT closes in order. The words of the command line are parsed in src/cli.
import { isIPv4 } from 'node:net';
import { type AppOptions, openApp } from '../app.ts';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import { configPath } from '../config/files.ts';
import { loadSecrets } from '../config/secrets.ts';
import { createLog } from '../log.ts';
import { loadAdministrator, prepareAdministrator } from './first-administrator.ts';

/** What the command `start` takes. */
export type StartValues = {
  readonly config?: string | undefined;
  /** Serve HTTPS on this machine's LAN address. */
  readonly lan: boolean;
  /** The IPv4 address to use, on a machine with several. */
  readonly 'lan-address'?: string | undefined;
};

/** Runs the provider until SIGINT or SIGTERM. A start that fails is printed, and sets the exit code to 1. */
export async function startProcess(values: StartValues): Promise<void> {
  try {
    await start(values);
  } catch (error) {
    process.stderr.write(explain(error));
    process.exitCode = 1;
  }
}

/** Does the work of `startProcess`. @throws ConfigError, StoreUnavailableError; Error such as EADDRINUSE */
async function start(values: StartValues): Promise<void> {
  const configFile = configPath(values.config, process.env);
  let config = await loadConfig(configFile, process.env);
  let tls: AppOptions['tls'];
  if (values.lan) ({ config, tls } = await onLan(config, values['lan-address']));
  const onNotice = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const secrets = loadSecrets({ config, configFile, env: process.env, onNotice });
  const described = loadAdministrator(process.env);
  // People read the terminal in development. Programs read it in production.
  const isQuiet = config.environment === 'development' && process.env.TESSERA_LOG_LEVEL === undefined;
  const log = createLog(isQuiet ? { log: { level: 'warn' } } : config);
  const app = await openApp({ config, secrets, log, ...(tls && { tls }) });
  await app.listen();
  const demo = config.demo.relying_party.enabled ? await startDemo(config, tls) : null;
  if (!demo) log.info({ issuer: config.issuer }, 'listening');
  if (!demo && isQuiet) process.stdout.write(`Tessera is at ${config.issuer}\n`);
  // Written apart from the log, because it may contain a link that makes an administrator.
  const advice = await prepareAdministrator(app, described).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  if (advice) process.stderr.write(`\n${advice}\n`);
  const leave = () => {
    void Promise.all([demo?.close(), app.close()]).then(() => process.exit(0));
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
}

/** Starts the demo website and prints the banner. Loaded in development only. */
async function startDemo(config: Config, tls: AppOptions['tls']) {
  const { startTeaHouse } = await import('../demo/tea-house.ts');
  const { banner } = await import('../demo/banner.ts');
  const { issuer } = config;
  const teaHouse = await startTeaHouse({
    issuer,
    port: config.demo.relying_party.port,
    host: config.http.host,
    clientId: 'tea-house',
    cellarClientId: 'tea-cellar',
    tvClientId: 'tea-house-tv',
    allowInsecure: issuer.startsWith('http:'),
    ...(tls && { tls }),
  });
  const accounts = config.demo.accounts.map(({ username, password }) => ({ username, password }));
  const text = await banner({
    issuer,
    teaHouseUrl: teaHouse.url,
    accounts,
    phoneUrl: `${issuer}/q`,
    lan: tls !== undefined,
  });
  process.stdout.write(`${text}\n`);
  return teaHouse;
}

/** Moves the issuer and the demo relying party to HTTPS on this machine's LAN address. @throws ConfigError */
async function onLan(
  config: Config,
  chosen: string | undefined,
): Promise<{ config: Config; tls: { key: string; cert: string } }> {
  if (config.environment !== 'development')
    throw new ConfigError([{ path: '--lan', message: 'is for development only' }]);
  const { lanAddress, selfMadeCertificate } = await import('../demo/lan.ts');
  const address = chosen ?? lanAddress();
  if (!address) throw new ConfigError([{ path: '--lan', message: 'this machine has no address on a local network' }]);
  if (!isIPv4(address)) throw new ConfigError([{ path: '--lan-address', message: 'must be an IPv4 address' }]);
  const teaHouse = `https://${address}:${config.demo.relying_party.port}`;
  const moved = (uri: unknown) => String(uri).replace('http://localhost:3001', teaHouse);
  const clients = config.clients.map((client) => ({
    ...client,
    redirect_uris: (client.redirect_uris ?? []).map(moved),
    ...(Array.isArray(client.post_logout_redirect_uris) && {
      post_logout_redirect_uris: client.post_logout_redirect_uris.map(moved),
    }),
  }));
  const issuer = `https://${address}:${config.http.port}`;
  return {
    config: { ...config, issuer, clients, http: { ...config.http, host: '0.0.0.0' } },
    tls: await selfMadeCertificate(address, 'data/lan'),
  };
}

/** Returns what the operator reads about a start that failed. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return `Tessera cannot start:\n${error.problems.map(({ path, message }) => `  ${path} ${message}`).join('\n')}\n`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'Tessera cannot start: the port is taken. Choose another with TESSERA_HTTP_PORT and TESSERA_ISSUER.\n';
  }
  return `Tessera cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}
