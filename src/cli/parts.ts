// What a command works on: the configuration, the store and the use-cases over it, opened for it and closed after it. What takes long to load
// is loaded by those that need it.

import type { App } from '../app.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { configPath } from '../config/files.ts';
import { loadSecrets } from '../config/secrets.ts';
import { type Accounts, createAccounts } from '../core/account/accounts.ts';
import { createPasswords } from '../core/account/password.ts';
import { type Audit, createAudit } from '../core/audit/audit.ts';
import { longestIdTokenSeconds } from '../core/client/client-schema.ts';
import { createDevices, type Devices } from '../core/device/devices.ts';
import { createSigningKeys, type SigningKeys } from '../core/key/signing-keys.ts';
import { createLimits } from '../core/limit/limit.ts';
import { createLinks, type Links } from '../core/link/links.ts';
import { signUpRules, siteNamesOf } from '../core/link/sign-up-rules.ts';
import { createVault } from '../crypto.ts';
import { hashHere } from '../hashing/hash-here.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Values } from './usage.ts';

/** A whole provider that does not listen, for what only it can judge or end. Needs the nodes' secrets, as they do. */
export async function withApp(values: Values, work: (app: App) => Promise<unknown>): Promise<void> {
  const config = await configOf(values);
  const secrets = loadSecrets(config.environment, process.env);
  const { openApp } = await import('../app.ts');
  const { createLog } = await import('../log.ts');
  const log = createLog({ log: { level: 'warn' }, destination: process.stderr });
  const app = await openApp({ config, secrets, log });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

export type UseCases = {
  accounts: Accounts;
  audit: Audit;
  devices: Devices;
  links: Links;
};

export async function withUseCases(values: Values, work: (useCases: UseCases) => Promise<void>): Promise<void> {
  await withStore(values, async (store, config) => {
    const clock = systemClock;
    const limits = createLimits({ store: store.limits, clock });
    const lifetimes = { idleSeconds: config.device.idle_seconds, absoluteSeconds: config.device.absolute_seconds };
    const passwords = createPasswords(config.password, hashHere);
    const siteNames = siteNamesOf(config.issuer);
    const accounts = createAccounts({ store: store.accounts, passwords, limits, clock, siteNames });
    const audit = createAudit({ store: store.audit, clock });
    await work({
      accounts,
      audit,
      links: createLinks({ issuer: config.issuer, store: store.links, accounts, audit, clock, ...signUpRules(config) }),
      devices: createDevices({ store: store.devices, clock, lifetimes }),
    });
  });
}

/** Needs the nodes' encryption key, as the nodes do. */
export async function withKeys(
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

export async function withStore(values: Values, work: (store: Store, config: Config) => Promise<void>): Promise<void> {
  const config = await configOf(values);
  const store = await openStore(config.store, systemClock, {
    addressesKeptSeconds: config.privacy.addresses_kept_days * 86_400,
  });
  try {
    await work(store, config);
  } finally {
    await store.close();
  }
}

export function configOf(values: Values): Promise<Config> {
  return loadConfig(configPath(values.config, process.env), process.env);
}
