// Everything that can be asked of the provider over HTTP, plugged together over its use-cases: a router per audience, the provider's own
// routes, and the event streams.

import type { Accounts } from '../account/accounts.ts';
import type { Passkeys } from '../account/passkeys.ts';
import type { Approvals } from '../approval/approvals.ts';
import type { Asks } from '../ask/asks.ts';
import type { Audit } from '../audit/audit.ts';
import type { ClientUses } from '../client/client-uses.ts';
import type { Clients } from '../client/clients.ts';
import type { Logos } from '../client/logos.ts';
import type { Registrations } from '../client/registrations.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../crypto.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Devices } from '../device/devices.ts';
import { createAccountRoutes } from '../http/account/account-routes.ts';
import { createAddressReader } from '../http/address.ts';
import { createAskOffer } from '../http/ask-phone.ts';
import type { Assets } from '../http/assets.ts';
import { createBrowserRoutes } from '../http/browser.ts';
import { createCookies } from '../http/cookies.ts';
import { createDisowningRoutes } from '../http/disowning-pages.ts';
import { createEventsListener } from '../http/events.ts';
import { createHealthRoutes } from '../http/health.ts';
import { createHostGuard } from '../http/host.ts';
import { createIdentity } from '../http/identity.ts';
import { createKnownBrowser } from '../http/known-browser.ts';
import { createLinkRoutes } from '../http/link-pages.ts';
import { createOidcHandler } from '../http/oidc-routes.ts';
import { createOpenedFrames } from '../http/opened-frame.ts';
import type { Pages } from '../http/pages.ts';
import { createPhoneRoutes } from '../http/phone.ts';
import { createPhoneAskRoutes } from '../http/phone-asks.ts';
import { createPhoneNoticeRoutes } from '../http/phone-notices.ts';
import { createPhonePageRoutes } from '../http/phone-pages.ts';
import { createRecoveryRoutes } from '../http/recovery-pages.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import { createRequestListener } from '../http/server.ts';
import { createSignInPages } from '../http/sign-in-pages.ts';
import { createSignUpRoutes } from '../http/sign-up-pages.ts';
import { createScreens } from '../http/sse.ts';
import type { Log } from '../log.ts';
import type { Logouts } from '../logout/logouts.ts';
import type { Mails } from '../mail/mails.ts';
import type { Notices } from '../notice/notices.ts';
import type { SigningKeys } from '../oidc/keys.ts';
import type { Oidc } from '../oidc/provider.ts';
import type { Places } from '../place/places.ts';
import type { Pushes } from '../push/pushes.ts';
import type { Statistics } from '../statistics/statistics.ts';
import type { Store } from '../store/store.ts';
import type { Tickets } from '../ticket/tickets.ts';
import { createAdministration } from './admin.ts';
import type { People } from './people.ts';
import { oidcLifetimesOf } from './settings.ts';

/** What the composition root has made. */
export type Parts = {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly store: Store;
  readonly assets: Assets;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly oidc: Oidc;
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly devices: Devices;
  readonly clients: Clients;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly asks: Asks;
  readonly pushes: Pushes;
  readonly audit: Audit;
  readonly statistics: Statistics;
  readonly clientUses: ClientUses;
  readonly browsers: Browsers;
  readonly logos: Logos;
  readonly logouts: Logouts;
  readonly signingKeys: SigningKeys;
  readonly places: Places;
  readonly mails: Mails;
  readonly notices: Notices;
  readonly people: People;
  readonly registrations: Registrations;
  /** Whether requests should come here at this moment. */
  readonly isReady: () => Promise<boolean>;
};

export function createEntrances(parts: Parts) {
  const { config, log, clock, vault, store, assets, pages, limits, oidc, accounts, devices, tickets, audit } = parts;
  const { approvals, asks, pushes, passkeys, people, registrations, isReady } = parts;
  const { issuer } = config;
  const screens = createScreens({ tickets, events: store.ticketEvents, clock, issuer, findClient: parts.clients.find });
  const cookies = createCookies({ isHttps: issuer.startsWith('https:') });
  const proofs = { clock, isReplay: oidc.isDpopReplay };
  const identity = createIdentity({
    issuer,
    devices,
    cookies,
    proofs,
    findAccount: accounts.findActive,
    findAccessToken: oidc.findAccessToken,
  });
  const { interactions } = oidc;
  const openedFrames = createOpenedFrames(vault);
  const checkHost = createHostGuard(issuer);
  const askOffer = createAskOffer({ asks, interactions, cookies });
  const signInPages = createSignInPages({
    issuer,
    interactions,
    tickets,
    identity,
    pages,
    clock,
    pendingSeconds: config.ticket.pending_seconds,
    isPasskeyPossible: passkeys.isPossible,
    askOffer,
    tokenLives: oidcLifetimesOf(config),
  });
  const shared = {
    issuer,
    interactions,
    tickets,
    approvals,
    asks,
    pushes,
    accounts,
    passkeys,
    devices,
    identity,
    cookies,
    limits,
    audit,
    notices: parts.notices,
    clock,
    links: people.links,
    accountChanges: people.accountChanges,
    ...people.entry,
    isSignUpOpen: config.sign_up === 'open',
    isKnownBrowser: createKnownBrowser({ accounts, browsers: parts.browsers, identity, cookies }),
  };
  const listener = createRequestListener({
    issuer,
    log,
    pages,
    assets,
    addressOf: createAddressReader(config.http.trusted_proxies),
    checkHost,
    health: createHealthRoutes({ isReady }),
    routers: [
      createBrowserRoutes({ ...shared, screens, signInPages, askOffer }),
      createPhoneRoutes({ ...shared, openedFrames, tokenLives: oidcLifetimesOf(config) }),
      createPhoneAskRoutes(shared),
      createPhoneNoticeRoutes(shared),
      ...createAdministration({
        ...shared,
        clients: parts.clients,
        statistics: parts.statistics,
        clientUses: parts.clientUses,
        logos: parts.logos,
        logouts: parts.logouts,
        signingKeys: parts.signingKeys,
        endings: people.endings,
        pages,
        vault,
        proofs,
        lifetimes: config.tokens,
        grants: oidc.grants,
        registrations: config.registration.enabled ? registrations : null,
        artifacts: store.artifacts,
        condition: {
          environment: config.environment,
          rotationDays: config.keys.rotation_days,
          storeTime: store.time,
          placeProblems: parts.places.problems,
          isMailOn: parts.mails.isOn,
          undeliveredMails: parts.mails.undelivered,
          countAdministrators: () => accounts.countAdministrators(2),
        },
        findAccount: accounts.findActive,
        isSessionAlive: oidc.sessions.isAlive,
        hasPasskey: async (accountId) => (await parts.passkeys.list(accountId)).length > 0,
        redeem: oidc.redeemOwnCode,
        trials: oidc.trials,
        findMachineToken: oidc.findMachineToken,
        findPersonToken: oidc.findAccessToken,
      }),
      createLinkRoutes({ ...shared, redemptions: people.redemptions, proofs, pages }),
      createDisowningRoutes({ disowning: people.disowning, pages, limits, clock }),
      createRecoveryRoutes({ ...shared, pages }),
      createSignUpRoutes({ ...shared, proofs, pages }),
      ...createAccountRoutes({
        ...shared,
        pages,
        ...people,
        clients: parts.clients,
        browsers: parts.browsers,
        recoveryCodes: people.entry.recoveryCodes,
        placeOf: parts.places.placeOf,
        grants: oidc.grants,
        emails: people.entry.emails,
      }),
      createPhonePageRoutes({ ...shared, openedFrames, proofs, pages, assets }),
    ],
    oidc: createOidcHandler({ handler: oidc.handler, limits }),
    events: createEventsListener({ issuer, interactions, tickets, screens, checkHost }),
  });
  return { listener, screens };
}
