// The composition root: configuration and secrets in, a running provider out. The only file that knows every folder.

import { openAccounts } from './app/accounts.ts';
import { createPeople } from './app/accounts-in-use.ts';
import { recordConfigured } from './app/configured-clients.ts';
import { createFigures } from './app/figures.ts';
import { createEntrances } from './app/http.ts';
import { openMessages, tellOfNewBrowser } from './app/notices.ts';
import { recordOidcEvent } from './app/oidc-events.ts';
import { openPhones } from './app/phones.ts';
import { addressesKeptSecondsOf, placeSettingsOf, recordedAddressOf, warnOfPlaces } from './app/places.ts';
import { openScreenSignIns, worthOfOwnClients } from './app/screens.ts';
import {
  demoAccount,
  oidcLifetimesOf,
  recordSecondsOf,
  rulesOf,
  ticketLifetimesOf,
  verifySecondsOf,
} from './app/settings.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config/config.ts';
import type { Secrets } from './config/secrets.ts';
import type { Hashing } from './core/account/hashing.ts';
import { createPasskeys } from './core/account/passkeys.ts';
import { createApprovals } from './core/approval/approvals.ts';
import { createAudit } from './core/audit/audit.ts';
import { toClient } from './core/client/client-entry.ts';
import { createClients } from './core/client/clients.ts';
import { createLogos } from './core/client/logos.ts';
import { createRegistrations } from './core/client/registrations.ts';
import { createBrowsers } from './core/device/browsers.ts';
import { createDevices } from './core/device/devices.ts';
import { createSigningKeys } from './core/key/signing-keys.ts';
import { createLimits } from './core/limit/limit.ts';
import { createLogouts } from './core/logout/logouts.ts';
import { createPlaces } from './core/place/places.ts';
import { createTickets } from './core/ticket/tickets.ts';
import { createVault } from './crypto.ts';
import { createAssets } from './http/kit/assets.ts';
import { nonceOf } from './http/kit/context.ts';
import { createDoor } from './http/kit/door.ts';
import { answers } from './http/kit/health.ts';
import { createPages } from './http/kit/pages.ts';
import { createRequestLimits } from './http/kit/request-limits.ts';
import { oidcPages } from './http/oidc/oidc-pages.ts';
import { createLog, type Log } from './log.ts';
import { problemsOfClients } from './oidc/client-judge.ts';
import { createInitialTokenStore } from './oidc/initial-tokens.ts';
import { cliClient, consoleClient, isOwnClient } from './oidc/own-client.ts';
import { createOidc } from './oidc/provider.ts';
import { openPlaceFile } from './outbound/place-file.ts';
import { openStore } from './store/open.ts';

export type App = Awaited<ReturnType<typeof openApp>>;

export type AppOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Serves HTTPS itself: development on a LAN. In production a reverse proxy does it. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Who hashes passwords; absent: a process of its own. */
  readonly hashing?: Hashing;
};

export async function openApp({
  config,
  secrets,
  clock = systemClock,
  log = createLog(config),
  tls,
  hashing,
}: AppOptions) {
  const { issuer, environment } = config;
  const vault = createVault(secrets.encryptionKey);
  const store = await openStore(config.store, clock, { addressesKeptSeconds: addressesKeptSecondsOf(config) });
  const limits = createLimits({ store: store.limits, clock });
  const figures = createFigures({ store, config, clock, log });
  const { statistics, clientUses } = figures;
  const recordedAddress = recordedAddressOf(config);
  const audit = createAudit({ store: store.audit, clock, recordedAddress, onRecord: statistics.note });
  const places = createPlaces({
    ...placeSettingsOf(config),
    openFile: openPlaceFile,
    onProblem: (report) => warnOfPlaces(log, report),
  });
  const { accounts, stopHashing } = openAccounts({ config, store, vault, limits, clock, hashing });
  const { placeOf } = places;
  const { mails, notices } = openMessages({ config, secrets, store, vault, audit, accounts, placeOf, clock, log });
  const passkeys = createPasskeys({ store: store.passkeys, clock, issuer, findAccount: accounts.findActive });
  const ofConfiguration = config.clients.map((entry) => toClient(entry, clock()));
  const configured = [...ofConfiguration, consoleClient(issuer, clock()), cliClient(clock())];
  const clients = createClients({
    store: store.clients,
    configured,
    clock,
    judge: (client) => oidc.judgeClient(client),
  });
  const logos = createLogos({ store: store.logos, clients });
  const devices = createDevices({
    store: store.devices,
    clock,
    lifetimes: { idleSeconds: config.device.idle_seconds, absoluteSeconds: config.device.absolute_seconds },
  });
  const browsers = createBrowsers({ store: store.browsers, clock });
  const tickets = createTickets({
    store: store.tickets,
    events: store.ticketEvents,
    vault,
    clock,
    lifetimes: ticketLifetimesOf(config),
  });
  const assets = await createAssets();
  const pages = createPages({ assets });
  const requestLimits = createRequestLimits({ limits, rules: rulesOf(config) });

  const signingKeys = createSigningKeys({
    store: store.keys,
    vault,
    audit,
    clock,
    rotationDays: config.keys.rotation_days,
    idTokenSeconds: verifySecondsOf(config),
    sessionSeconds: config.tokens.session_seconds,
  });
  const recordedSince = new Map<string, number>();
  const oidc = await createOidc({
    issuer,
    cookieKeys: secrets.cookieKeys,
    vault,
    clock,
    artifacts: store.artifacts,
    keys: signingKeys,
    findAccount: accounts.findActive,
    findClient: clients.find,
    // One of the configuration is as old as its record, not as this process.
    clientSince: (client) => (isOwnClient(client.id) ? 0 : (recordedSince.get(client.id) ?? client.createdAt)),
    isClientOrigin: clients.hasOrigin,
    lifetimes: oidcLifetimesOf(config),
    isRegistrationOpen: config.registration.enabled,
    isOutboundToPrivateNetworksAllowed: config.http.outbound_private_networks,
    nonceOf,
    pages: oidcPages(pages),
    onEvent: (event) => recordOidcEvent(event, { audit, approvals, clientUses, log }),
    onSecretUsed: clientUses.noteSecret,
    enqueueLogout: (notice) => logouts.enqueue(notice),
    sendLogouts: () => logouts.wake(),
    ...openScreenSignIns({ tickets, audit, clock, requestLimits, consume: (...by) => approvals.consume(...by) }),
  });

  const logouts = createLogouts({
    store: store.logouts,
    audit,
    clock,
    send: oidc.sendLogout,
    onError: (error) => log.error({ err: error }, 'the queue of logouts could not be worked on'),
  });

  const problems = await problemsOfClients(configured, oidc.judgeClient);
  if (problems.length > 0) throw new ConfigError(problems);

  const { pushes, asks } = openPhones({
    config,
    store,
    tickets,
    browsers,
    devices,
    accounts,
    clients,
    notices,
    limits,
    audit,
    vault,
    clock,
    log,
  });
  const approvals = createApprovals({
    store: store.approvals,
    tickets,
    passkeys,
    browsers,
    audit,
    clock,
    findClient: clients.find,
    ...worthOfOwnClients(passkeys),
    findAccount: accounts.findActive,
    isDeviceSignedIn: devices.isSignedIn,
    endBrowsers: accounts.endBrowsers,
    noteDecision: asks.noteDecision,
    countRecentTickets: requestLimits.recentTickets,
    placeOf,
    ...oidc.sessions.ofApprovals,
    onNewBrowser: tellOfNewBrowser(notices),
    recordSeconds: (client, approved) => recordSecondsOf(config, client, approved),
    isLoopbackNear: environment === 'development',
  });

  const people = createPeople({
    config,
    store,
    vault,
    limits,
    accounts,
    passkeys,
    devices,
    browsers,
    approvals,
    notices,
    mailer: mails,
    audit,
    oidc,
    clock,
    log,
  });
  const { endings, links } = people;
  const tokens = createInitialTokenStore({ artifacts: store.artifacts, vault });
  const registrations = createRegistrations({ clients, tokens, uses: store.limits, clock });
  let isDraining = false;
  const { listener, screens } = createEntrances({
    config,
    log,
    clock,
    vault,
    store,
    assets,
    pages,
    limits: requestLimits,
    oidc,
    accounts,
    passkeys,
    devices,
    clients,
    tickets,
    approvals,
    asks,
    pushes,
    audit,
    statistics,
    clientUses,
    people,
    browsers,
    logos,
    logouts,
    signingKeys,
    mails,
    notices,
    registrations,
    places,
    isReady: async () => !isDraining && (await answers(store.ping())),
  });
  const door = createDoor({ listener, http: config.http, tls });

  const isPruning = config.clients_prune;
  const configuredClients = { store: store.clients, configured: ofConfiguration, isPruning, audit, clock, log };
  for (const [id, since] of await recordConfigured(configuredClients)) recordedSince.set(id, since);
  await accounts.ensureDemo(config.demo.accounts.map(demoAccount));
  logouts.start();
  mails.start();
  figures.start();
  await places.start();

  return {
    config,
    store,
    accounts,
    passkeys,
    clients,
    clientUses,
    statistics,
    logos,
    devices,
    tickets,
    approvals,
    asks,
    pushes,
    endings,
    removals: people.removals,
    audit,
    logouts,
    mails,
    notices,
    signingKeys,
    registrations,
    places,
    links,
    emails: people.entry.emails,
    recoveryCodes: people.entry.recoveryCodes,
    oidc,
    /** Our own; the OpenID provider's are beside them. */
    routes: listener.routes,

    listen: door.listen,

    /** Readiness off, streams told to reconnect, requests and logout messages under way finished, store closed; within 10 s. Safe to call twice. */
    async close(): Promise<void> {
      if (isDraining) return;
      isDraining = true;
      screens.close();
      oidc.close();
      await Promise.all([door.drain(), people.entry.finish(), logouts.stop(), mails.stop(), pushes.stop()]);
      places.stop();
      await figures.stop();
      stopHashing();
      await store.close();
    },
  };
}
