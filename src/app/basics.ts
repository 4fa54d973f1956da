// What the server and the command line wire in the same way, from a configuration and a store. Nothing here
// may import oidc-provider statically: a command that does not need it must start without it.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { createAccounts } from '../core/account/accounts.ts';
import type { Hashing } from '../core/account/hashing.ts';
import { createPasswords } from '../core/account/password.ts';
import { type AuditDeps, createAudit } from '../core/audit/audit.ts';
import type { Client } from '../core/client/client.ts';
import { toClient } from '../core/client/client-entry.ts';
import { type ClientsDeps, createClients } from '../core/client/clients.ts';
import { createLogos } from '../core/client/logos.ts';
import { createDevices } from '../core/device/devices.ts';
import { createSigningKeys, type SigningKeysDeps } from '../core/key/signing-keys.ts';
import { createLimits } from '../core/limit/limit.ts';
import { createLinks } from '../core/link/links.ts';
import { signUpRules, siteNamesOf } from '../core/link/sign-up-rules.ts';
import type { Vault } from '../crypto.ts';
import { hashHere } from '../hashing/hash-here.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { addressesKeptSecondsOf, recordedAddressOf } from './places.ts';
import { verifySecondsOf } from './settings.ts';

export type { Store };

/** Opens the store that the configuration names. @throws StoreUnavailableError */
export const openConfiguredStore = (config: Config, clock: Clock): Promise<Store> =>
  openStore(config.store, clock, { addressesKeptSeconds: addressesKeptSecondsOf(config) });

export type BasicsDeps = {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  /**
   * Null for commands that run without the encryption key. They verify no passwords and send no mail, so
   * nothing is counted per password and no sign-up link can be made.
   */
  readonly vault: Vault | null;
  readonly hashing: Hashing;
  /** Receives every audit record, for the statistics. Null for commands, which keep none. */
  readonly onRecord: AuditDeps['onRecord'];
};

/** Limits, audit, accounts, devices and links. */
export type Basics = ReturnType<typeof createBasics>;

/** Makes the use-cases that need neither oidc-provider nor the network. */
export function createBasics({ config, store, clock, vault, hashing, onRecord }: BasicsDeps) {
  const { issuer, device } = config;
  const limits = createLimits({ store: store.limits, clock });
  const audit = createAudit({ store: store.audit, clock, recordedAddress: recordedAddressOf(config), onRecord });
  const accounts = createAccounts({
    store: store.accounts,
    passwords: createPasswords(config.password, hashing),
    limits,
    clock,
    siteNames: siteNamesOf(issuer),
    maskPassword: vault && ((password) => vault.mac(password, 'password')),
  });
  return {
    limits,
    audit,
    accounts,
    devices: createDevices({
      store: store.devices,
      clock,
      lifetimes: { idleSeconds: device.idle_seconds, absoluteSeconds: device.absolute_seconds },
    }),
    links: createLinks({
      issuer,
      store: store.links,
      accounts,
      audit,
      clock,
      mayInvite: signUpRules(config).mayInvite,
      maskEmail: vault && ((email) => vault.mac(email, 'sign-up link')),
    }),
  };
}

/** The basics of a command: no encryption key, no statistics, passwords hashed in this process. */
export const createCommandBasics = (deps: Pick<BasicsDeps, 'config' | 'store' | 'clock'>): Basics =>
  createBasics({ ...deps, vault: null, hashing: hashHere, onRecord: null });

/** Hashes a password in this process, at the cost that the configuration sets. @returns a PHC string */
export const hashPassword = (config: Config, password: string): Promise<string> =>
  createPasswords(config.password, hashHere).hash(password);

export type ClientPartsDeps = {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  /** Clients of the provider itself: the console and the command line. Commands pass none. */
  readonly ownClients: readonly Client[];
  readonly judge: ClientsDeps['judge'];
};

/**
 * The clients of the store, those of the configuration and our own, as one set of use-cases; and their
 * logos.
 */
export function createClientParts({ config, store, clock, ownClients, judge }: ClientPartsDeps) {
  const ofConfiguration = config.clients.map((entry) => toClient(entry, clock()));
  const configured = [...ofConfiguration, ...ownClients];
  const forgetConsents = store.consents.deleteByClient;
  const clients = createClients({ store: store.clients, configured, clock, judge, forgetConsents });
  return { clients, logos: createLogos({ store: store.logos, clients }), ofConfiguration, configured };
}

export type KeyDeps = Pick<SigningKeysDeps, 'vault' | 'audit' | 'clock'> & {
  readonly config: Config;
  readonly store: Store;
};

/** The use-cases of signing keys. They need the encryption key of the nodes, in a command as well. */
export const createKeys = ({ config, store, vault, audit, clock }: KeyDeps) =>
  createSigningKeys({
    store: store.keys,
    vault,
    audit,
    clock,
    rotationDays: config.keys.rotation_days,
    idTokenSeconds: verifySecondsOf(config),
    sessionSeconds: config.tokens.session_seconds,
  });
