// Everything that can be asked of the provider over HTTP, plugged together over its use-cases: a router per audience, the provider's own
// routes, and the event streams.

import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Accounts } from '../core/account/accounts.ts';
import type { Passkeys } from '../core/account/passkeys.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import type { Asks } from '../core/ask/asks.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { ClientUses } from '../core/client/client-uses.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Logos } from '../core/client/logos.ts';
import type { Registrations } from '../core/client/registrations.ts';
import type { Browsers } from '../core/device/browsers.ts';
import type { Devices } from '../core/device/devices.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';
import type { Logouts } from '../core/logout/logouts.ts';
import type { Mails } from '../core/mail/mails.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { Places } from '../core/place/places.ts';
import type { Pushes } from '../core/push/pushes.ts';
import type { Statistics } from '../core/statistics/statistics.ts';
import type { Tickets } from '../core/ticket/tickets.ts';
import type { Vault } from '../crypto.ts';
import { createAccountRoutes } from '../http/account/account-routes.ts';
import { createDisowningRoutes } from '../http/guest/disowning-pages.ts';
import { createLinkRoutes } from '../http/guest/link-pages.ts';
import { createRecoveryRoutes } from '../http/guest/recovery-pages.ts';
import { createSignUpRoutes } from '../http/guest/sign-up-pages.ts';
import { createAddressReader } from '../http/kit/address.ts';
import type { Assets } from '../http/kit/assets.ts';
import { createCookies } from '../http/kit/cookies.ts';
import { createHealthRoutes } from '../http/kit/health.ts';
import { createHostGuard } from '../http/kit/host.ts';
import { createIdentity } from '../http/kit/identity.ts';
import { createKnownBrowser } from '../http/kit/known-browser.ts';
import type { Pages } from '../http/kit/pages.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { createRequestListener } from '../http/kit/server.ts';
import { createOidcHandler } from '../http/oidc/oidc-routes.ts';
import { createPhoneAskRoutes } from '../http/phone/asks.ts';
import { createPhoneNoticeRoutes } from '../http/phone/notices.ts';
import { createOpenedFrames } from '../http/phone/opened-frame.ts';
import { createPhoneRoutes } from '../http/phone/phone-api.ts';
import { createPhonePageRoutes } from '../http/phone/phone-pages.ts';
import { createAskOffer } from '../http/waiting/ask-phone.ts';
import { createEventsListener } from '../http/waiting/event-stream.ts';
import { createScreens } from '../http/waiting/screens.ts';
import { createSignInPages } from '../http/waiting/waiting-pages.ts';
import { createBrowserRoutes } from '../http/waiting/waiting-routes.ts';
import type { Log } from '../log.ts';
import type { Oidc } from '../oidc/provider.ts';
import type { Store } from '../store/store.ts';
import type { People } from './accounts-in-use.ts';
import { createAdministration } from './admin.ts';
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
