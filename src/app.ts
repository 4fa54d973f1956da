// The composition root: configuration and secrets in, a running provider out. The only file that knows every folder.
import { createAccounts } from './account/accounts.ts';
import { createPasskeys } from './account/passkeys.ts';
import { createPasswords } from './account/password.ts';
import { createEntrances } from './app/entrances.ts';
import { createEntry } from './app/entry.ts';
import { recordApplied, recordOidcEvent } from './app/events.ts';
import { createFigures } from './app/figures.ts';
import { openMails } from './app/mail.ts';
import { openNotices, tellOfNewBrowser } from './app/notices.ts';
import { addressesKeptSecondsOf, placeSettingsOf, recordedAddressOf, warnOfPlaces } from './app/places.ts';
import { createRing } from './app/ring.ts';
import { createDoor } from './app/server.ts';
import { demoAccount, recordSecondsOf, rulesOf, verifySecondsOf } from './app/settings.ts';
import { createApprovals } from './approval/approvals.ts';
import { createEndings } from './approval/endings.ts';
import { createAsks } from './ask/asks.ts';
import { createAudit } from './audit/audit.ts';
import { applyClients } from './client/apply.ts';
import { toClient } from './client/client-entry.ts';
import { createClients } from './client/clients.ts';
import { createLogos } from './client/logos.ts';
import { createRegistrations } from './client/registrations.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { createVault } from './crypto.ts';
import { createBrowsers } from './device/browsers.ts';
import { createDevices } from './device/devices.ts';
import { createAssets } from './http/assets.ts';
import { nonceOf } from './http/context.ts';
import { answers } from './http/health.ts';
import { oidcPages } from './http/oidc-pages.ts';
import { createPages } from './http/pages.ts';
import { createRequestLimits } from './http/request-limits.ts';
import { createLimits } from './limit/limit.ts';
import { createLinks } from './link/links.ts';
import { createRedemptions } from './link/redemptions.ts';
import { signUpRules, siteNamesOf } from './link/sign-up-rules.ts';
import { createLog, type Log } from './log.ts';
import { createLogouts } from './logout/logouts.ts';
import { createDisowning } from './notice/disowning.ts';
import { problemsOfClients } from './oidc/client-judge.ts';
import { createInitialTokenStore } from './oidc/initial-tokens.ts';
import { createSigningKeys } from './oidc/keys.ts';
import { consoleClient, consoleClientId } from './oidc/own-client.ts';
import { createOidc } from './oidc/provider.ts';
import { createPlaces } from './place/places.ts';
import { createGuardedPost } from './push/guarded-post.ts';
import { createPushes } from './push/pushes.ts';
import type { Secrets } from './secrets.ts';
import { openStore } from './store/open.ts';
import { createTickets } from './ticket/tickets.ts';

export type App = Awaited<ReturnType<typeof openApp>>;

export type AppOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Serves HTTPS itself: development on a LAN. In production a reverse proxy does it. */
  readonly tls?: { readonly key: string; readonly cert: string };
};

export async function openApp({ config, secrets, clock = systemClock, log = createLog(config), tls }: AppOptions) {
  const { issuer, environment } = config;
  const vault = createVault(secrets.encryptionKey);
  const store = await openStore(config.store, clock, { addressesKeptSeconds: addressesKeptSecondsOf(config) });
  const limits = createLimits({ store: store.limits, clock });
  const figures = createFigures({ store, config, clock, log });
  const { statistics, clientUses } = figures;
  const recordedAddress = recordedAddressOf(config);
  const audit = createAudit({ store: store.audit, clock, recordedAddress, onRecord: statistics.note });
  const places = createPlaces({ ...placeSettingsOf(config), onProblem: (report) => warnOfPlaces(log, report) });
  const mails = openMails({ store: store.mails, vault, audit, clock, log, config, secrets });
  const passwords = createPasswords(config.password);
  const accounts = createAccounts({
    store: store.accounts,
    passwords,
    limits,
    clock,
    siteNames: siteNamesOf(issuer),
    maskPassword: (password) => vault.mac(password, 'password'),
  });
  const notices = openNotices({
    issuer,
    store: store.notices,
    vault,
    mailer: mails,
    accounts,
    placeOf: places.placeOf,
    clock,
    log,
  });
  const passkeys = createPasskeys({ store: store.passkeys, clock, issuer, findAccount: accounts.findActive });
  const ofConfiguration = config.clients.map((entry) => toClient(entry, clock()));
  const configured = [...ofConfiguration, consoleClient(issuer, clock())];
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
    lifetimes: {
      pendingSeconds: config.ticket.pending_seconds,
      decisionSeconds: config.ticket.decision_seconds,
      finishSeconds: config.ticket.finish_seconds,
    },
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
    clientSince: (client) => recordedSince.get(client.id) ?? client.createdAt,
    isClientOrigin: clients.hasOrigin,
    lifetimes: {
      interactionSeconds: config.interaction_seconds,
      accessTokenSeconds: config.tokens.access_token_seconds,
      idTokenSeconds: config.tokens.id_token_seconds,
      refreshTokenSeconds: config.tokens.refresh_token_seconds,
      sessionSeconds: config.tokens.session_seconds,
    },
    isRegistrationOpen: config.registration.enabled,
    isOutboundToPrivateNetworksAllowed: config.http.outbound_private_networks,
    nonceOf,
    pages: oidcPages(pages),
    onEvent: (event) => recordOidcEvent(event, { audit, approvals, clientUses, log }),
    onSecretUsed: clientUses.noteSecret,
    enqueueLogout: (notice) => logouts.enqueue(notice),
    sendLogouts: () => logouts.wake(),
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

  const isInsideAllowed = config.http.outbound_private_networks;
  const pushes = createPushes({
    store: store.pushKeys,
    devices,
    vault,
    clock,
    issuer,
    post: createGuardedPost({ isInsideAllowed }),
    isInsideAllowed,
    onFailure: (failure) => log.warn(failure, 'a push service did not take a message'),
  });
  const asks = createAsks({
    store: store.asks,
    tickets,
    browsers,
    limits,
    audit,
    clock,
    perHour: config.limits.asks_per_account_per_hour,
    findAccount: accounts.findActive,
    findClient: clients.find,
    ring: createRing({ issuer, pushes, findAccount: accounts.findActive, log }),
  });

  const approvals = createApprovals({
    store: store.approvals,
    tickets,
    passkeys,
    browsers,
    audit,
    clock,
    findClient: clients.find,
    isHighValue: (clientId) => clientId === consoleClientId,
    findAccount: accounts.findActive,
    isDeviceSignedIn: devices.isSignedIn,
    noteDecision: asks.noteDecision,
    countRecentTickets: requestLimits.recentTickets,
    placeOf: places.placeOf,
    endSession: (sessionUid) => oidc.sessions.end(sessionUid),
    revokeGrant: oidc.sessions.revokeGrant,
    onNewBrowser: tellOfNewBrowser(notices),
    recordSeconds: (client) => recordSecondsOf(config, client),
    isLoopbackNear: environment === 'development',
  });

  const findAccount = accounts.findActive;
  const disowning = createDisowning({ store: store.notices, approvals, devices, notices, audit, clock, findAccount });
  const endings = createEndings({ accounts, devices, approvals, audit, withdrawGrant: oidc.grants.withdraw });
  const { mayInvite, isOff } = signUpRules(config);
  const links = createLinks({ issuer, store: store.links, accounts, audit, clock, mayInvite });
  const redemptions = createRedemptions({
    store: store.links,
    accounts,
    devices,
    approvals,
    audit,
    notices,
    clock,
    isOff,
  });
  const entry = createEntry({ config, store, vault, limits, accounts, links, mailer: mails, clock, log });
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
    links,
    redemptions,
    entry,
    browsers,
    logos,
    logouts,
    signingKeys,
    endings,
    mails,
    notices,
    disowning,
    registrations,
    places,
    isReady: async () => !isDraining && (await answers(store.ping())),
  });
  const door = createDoor({ listener, http: config.http, tls });

  const applied = await applyClients({
    store: store.clients,
    configured: ofConfiguration,
    isPruning: config.clients_prune,
    clock,
    record: recordApplied(audit),
  });
  if (applied.unchanged < ofConfiguration.length || applied.disabled.length > 0) log.info(applied, 'clients applied');
  for (const { id } of ofConfiguration) recordedSince.set(id, (await store.clients.find(id))?.createdAt ?? clock());
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
    audit,
    logouts,
    mails,
    notices,
    signingKeys,
    registrations,
    places,
    links,
    emails: entry.emails,
    recoveryCodes: entry.recoveryCodes,
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
      await Promise.all([door.drain(), entry.finish(), logouts.stop(), mails.stop(), pushes.stop()]);
      places.stop();
      await figures.stop();
      await store.close();
    },
  };
}
