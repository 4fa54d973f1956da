// What a command works on: the configuration, the store and the use-cases over it, opened for one command
// and closed after it. They are wired by src/app, as in the server. What takes long to load is imported
// dynamically by the commands that need it.
import {
  type Basics,
  createClientParts,
  createCommandBasics,
  createKeys,
  openConfiguredStore,
  type Store,
} from '../app/basics.ts';
import { createLazyClientJudge } from '../app/client-judging.ts';
import { explainWrongKey } from '../app/wrong-key.ts';
import type { App } from '../app.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { configPath } from '../config/files.ts';
import { loadSecrets, type Secrets } from '../config/secrets.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Logos } from '../core/client/logos.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';
import { createVault } from '../crypto.ts';

/** The option of every command that reads the configuration. */
export type ConfigValues = { readonly config?: string | undefined };

/**
 * Opens a whole provider that does not listen, for commands that end sessions. Needs the secrets of the
 * nodes.
 */
export async function withApp<Result>(values: ConfigValues, work: (app: App) => Promise<Result>): Promise<Result> {
  const config = await configOf(values);
  const secrets = secretsOf(values, config);
  const { openApp } = await import('../app.ts');
  const { createLog } = await import('../log.ts');
  const log = createLog({ log: { level: 'warn' }, destination: process.stderr });
  const app = await openApp({ config, secrets, log });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The use-cases of commands that need no encryption key. */
export type UseCases = Basics;

/** Opens the use-cases that need no encryption key. @throws ConfigError */
export const withUseCases = <Result>(
  values: ConfigValues,
  work: (useCases: UseCases) => Promise<Result>,
): Promise<Result> => withStore(values, (store, config) => work(basicsOf(store, config)));

/** Clients and their logos. oidc-provider is loaded with the first client that has to be judged. */
export const withClients = <Result>(
  values: ConfigValues,
  work: (deps: { clients: Clients; logos: Logos; audit: Audit }) => Promise<Result>,
): Promise<Result> =>
  withStore(values, async (store, config) => {
    const judge = createLazyClientJudge(config);
    const { clients, logos } = createClientParts({ config, store, clock: systemClock, ownClients: [], judge });
    return work({ clients, logos, audit: basicsOf(store, config).audit });
  });

/**
 * Needs the encryption key of the nodes: a key that is sealed with another one could not be opened by
 * them.
 */
export async function withKeys<Result>(
  values: ConfigValues,
  work: (deps: { keys: SigningKeys; audit: Audit }) => Promise<Result>,
): Promise<Result> {
  // The secrets come first: where they are kept may depend on whether the store exists already.
  const secrets = secretsOf(values, await configOf(values));
  return withStore(values, async (store, config) => {
    const { audit } = basicsOf(store, config);
    const vault = createVault(secrets.encryptionKey);
    const keys = createKeys({ config, store, vault, audit, clock: systemClock });
    return explainWrongKey({ config, secrets }, () => work({ keys, audit }));
  });
}

/** The use-cases over an open store, wired as in the server. */
export const basicsOf = (store: Store, config: Config): Basics =>
  createCommandBasics({ config, store, clock: systemClock });

/** Opens the configuration and its store, and closes the store afterwards. @throws ConfigError */
export async function withStore<Result>(
  values: ConfigValues,
  work: (store: Store, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = await configOf(values);
  const store = await openConfiguredStore(config, systemClock);
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}

/** The secrets of the nodes. In development they are made at the first use, as by a server's first start. */
export function secretsOf(values: ConfigValues, config: Config): Secrets {
  const onNotice = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  return loadSecrets({ config, configFile: configPath(values.config, process.env), env: process.env, onNotice });
}

/** Loads the configuration that --config, TESSERA_CONFIG or the current folder names. @throws ConfigError */
export function configOf(values: ConfigValues): Promise<Config> {
  return loadConfig(configPath(values.config, process.env), process.env);
}
