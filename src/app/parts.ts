// Makes every part of a running provider, from a configuration and secrets, in the order in which they need
// each other. The result is passed on as one object; what serves HTTP (http.ts) and what starts and stops the
// parts (../app.ts) take from it what they need.
import type { Clock } from '../clock.ts';
import { type Config, ConfigError } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Hashing } from '../core/account/hashing.ts';
import { createPasskeys } from '../core/account/passkeys.ts';
import { createRegistrations } from '../core/client/registrations.ts';
import { createConsents } from '../core/consent/consents.ts';
import { createBrowsers } from '../core/device/browsers.ts';
import { createLogouts } from '../core/logout/logouts.ts';
import { createPlaces } from '../core/place/places.ts';
import { createRefusals } from '../core/refusal/refusals.ts';
import { createTickets } from '../core/ticket/tickets.ts';
import { createVault } from '../crypto.ts';
import { createHashingProcess } from '../hashing/hashing-process.ts';
import { createAssets } from '../http/kit/assets.ts';
import { createPages } from '../http/kit/pages.ts';
import { createRequestLimits } from '../http/kit/request-limits.ts';
import type { Log } from '../log.ts';
import { problemsOfClients } from '../oidc/client-judge.ts';
import { createInitialTokenStore } from '../oidc/initial-tokens.ts';
import { cliClient, consoleClient, isOwnClient } from '../oidc/own-client.ts';
import { openPlaceFile } from '../outbound/place-file.ts';
import { createAccountActions } from './account-actions.ts';
import { openApprovals } from './approvals.ts';
import { createBasics, createClientParts, createKeys, openConfiguredStore } from './basics.ts';
import { createFigures } from './figures.ts';
import { openMessages } from './notices.ts';
import { openOidc } from './oidc.ts';
import { openPhones } from './phones.ts';
import { placeSettingsOf, warnOfPlaces } from './places.ts';
import { openProvidedLogos } from './provided-logos.ts';
import { rulesOf, ticketLifetimesOf } from './settings.ts';
import { explainWrongKey } from './wrong-key.ts';

export type PartsOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  /** Null: passwords are hashed in a child process. */
  readonly hashing: Hashing | null;
};

/** Every part by its name; see the functions below for what each is made of. */
export type Parts = Awaited<ReturnType<typeof openParts>>;

/**
 * Opens the store and makes all use-cases. No timer runs and nothing is served yet.
 * @throws ConfigError when oidc-provider refuses a client of the configuration, or when the encryption key
 * is not the one that sealed the store; StoreUnavailableError
 */
export async function openParts(options: PartsOptions) {
  const foundation = await openFoundation(options);
  const { config, store, clock, log, audit, vault } = foundation;
  /** By client id: epoch seconds since when the configuration has named it. Filled at start by the caller. */
  const recordedSince = new Map<string, number>();
  const { configured, ofConfiguration, clients, logos } = createClientParts({
    ...foundation,
    ownClients: [consoleClient(config.issuer, clock()), cliClient(clock())],
    judge: (client) => oidc.judgeClient(client),
  });
  const openProvider = () =>
    openOidc({
      ...foundation,
      clients,
      // The record of a configured client is older than this process: `client.createdAt` is the time of
      // this start.
      clientSince: (client) => (isOwnClient(client.id) ? 0 : (recordedSince.get(client.id) ?? client.createdAt)),
      later: () => ({ approvals, logouts }),
    });
  // Making the provider opens the signing keys, so this is where a wrong encryption key shows.
  const oidc = await explainWrongKey(foundation, openProvider);
  // A client that the library would refuse is reported now, and not when a user wants to sign in.
  const problems = await problemsOfClients(configured, oidc.judgeClient);
  if (problems.length > 0) throw new ConfigError(problems);

  const logouts = createLogouts({
    store: store.logouts,
    audit,
    clock,
    send: oidc.sendLogout,
    onError: (error) => log.error({ err: error }, 'the logout queue failed'),
  });
  const { pushes, asks } = openPhones({ ...foundation, limits: foundation.attempts, clients });
  const { approvals, decisions } = openApprovals({
    ...foundation,
    clients,
    noteDecision: asks.noteDecision,
    countRecentTickets: foundation.limits.recentTickets,
    ...oidc.sessions.ofApprovals,
  });
  const made = { ...foundation, clients, logos, oidc, logouts, pushes, asks, approvals, decisions };
  const providedLogos = openProvidedLogos({ ...made, limits: foundation.attempts });
  // Initial access tokens of dynamic registration (RFC 7591 §3) are records of oidc.
  const tokens = createInitialTokenStore({ artifacts: store.artifacts, vault });
  return {
    ...made,
    ...createAccountActions({ ...made, limits: foundation.attempts }),
    providedLogos,
    registrations: createRegistrations({ clients, logos, providedLogos, tokens, uses: store.limits, clock }),
    ofConfiguration,
    recordedSince,
  };
}

/** What needs neither clients nor the provider. */
async function openFoundation({ config, secrets, clock, log, hashing }: PartsOptions) {
  const { issuer } = config;
  const vault = createVault(secrets.encryptionKey);
  const store = await openConfiguredStore(config, clock);
  const figures = createFigures({ store, config, clock, log });
  const hashingProcess = createHashingProcess(config.password.argon2_concurrency);
  const { limits: attempts, ...basics } = createBasics({
    config,
    store,
    clock,
    vault,
    hashing: hashing ?? hashingProcess,
    onRecord: figures.statistics.note,
  });
  const { accounts, audit } = basics;
  const places = createPlaces({
    ...placeSettingsOf(config),
    openFile: openPlaceFile,
    onProblem: (report) => warnOfPlaces(log, report),
  });
  const { placeOf } = places;
  const assets = await createAssets();
  return {
    ...{ config, secrets, clock, log, vault, store, figures, places, placeOf, assets, hashingProcess },
    ...basics,
    /** Counters of attempts, by any name (core/limit). */
    attempts,
    /** The limits of single requests, by rule. */
    refusals: createRefusals({ audit: basics.audit, limits: attempts }),
    limits: createRequestLimits({ limits: attempts, rules: rulesOf(config) }),
    statistics: figures.statistics,
    clientUses: figures.clientUses,
    ...openMessages({ config, secrets, store, vault, audit, accounts, placeOf, clock, log }),
    passkeys: createPasskeys({ store: store.passkeys, clock, issuer, findAccount: accounts.findActive }),
    browsers: createBrowsers({ store: store.browsers, clock }),
    consents: createConsents({ store: store.consents, clock }),
    tickets: createTickets({
      store: store.tickets,
      events: store.ticketEvents,
      vault,
      clock,
      lifetimes: ticketLifetimesOf(config),
    }),
    pages: createPages({ assets }),
    signingKeys: createKeys({ config, store, vault, audit, clock }),
  };
}
