// Wires everything that is served over HTTP from the parts of the provider: one router per audience, the
// routes of oidc-provider, and the event streams.

import type { Refusal } from '../core/refusal/refusal.ts';
import { createAccountRoutes } from '../http/account/account-routes.ts';
import { createDisowningRoutes } from '../http/guest/disowning-pages.ts';
import { createLinkRoutes } from '../http/guest/link-pages.ts';
import { createRecoveryRoutes } from '../http/guest/recovery-pages.ts';
import { createSignUpRoutes } from '../http/guest/sign-up-pages.ts';
import { createAddressReader } from '../http/kit/address.ts';
import type { Context } from '../http/kit/context.ts';
import { createCookies } from '../http/kit/cookies.ts';
import { createAnswerOnce, createFormRepeats } from '../http/kit/form-repeats.ts';
import { createFormTokens } from '../http/kit/form-token.ts';
import { createHealthRoutes } from '../http/kit/health.ts';
import { createHostGuard } from '../http/kit/host.ts';
import { createIdentity } from '../http/kit/identity.ts';
import { createKnownBrowser } from '../http/kit/known-browser.ts';
import { createRequestListener } from '../http/kit/server.ts';
import { createWaysBack } from '../http/kit/way-back.ts';
import { createOidcHandler } from '../http/oidc/oidc-routes.ts';
import { createSignOutRoutes } from '../http/oidc/sign-out-routes.ts';
import { createOpenedFrames } from '../http/phone/opened-frame.ts';
import { createPhoneRoutes } from '../http/phone/phone-api.ts';
import { createPhonePageRoutes } from '../http/phone/phone-pages.ts';
import { createAskOffer } from '../http/waiting/ask-phone.ts';
import { createEventsListener } from '../http/waiting/event-stream.ts';
import { createScreens } from '../http/waiting/screens.ts';
import { createSignInPages } from '../http/waiting/waiting-pages.ts';
import { createBrowserRoutes } from '../http/waiting/waiting-routes.ts';
import { createAdministration } from './admin.ts';
import { recordRefusal } from './oidc-events.ts';
import type { Parts } from './parts.ts';
import { oidcLifetimesOf } from './settings.ts';

/** @param isReady whether requests should come to this node now; answers the health check */
export function createHttp(parts: Parts, isReady: () => Promise<boolean>) {
  const { config, log, clock, store, assets, pages, limits, oidc, accounts, devices, tickets, passkeys } = parts;
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
  const openedFrames = createOpenedFrames(parts.vault);
  const waysBack = createWaysBack({ issuer, vault: parts.vault, cookies, findClient: parts.clients.find });
  const checkHost = createHostGuard(issuer);
  const formTokens = createFormTokens({ vault: parts.vault, cookies });
  const answerOnce = createAnswerOnce({ repeats: oidc.repeats, clock });
  const askOffer = createAskOffer({ asks: parts.asks, interactions, cookies });
  const signInPages = createSignInPages({
    issuer,
    interactions,
    tickets,
    identity,
    pages,
    clock,
    pendingSeconds: config.ticket.pending_seconds,
    isPasskeyPossible: passkeys.isPossible,
    isSignUpOpen: config.sign_up === 'open',
    askOffer,
    tokenLives: oidcLifetimesOf(config),
  });
  // Every router takes from these what its own `Deps` type names.
  const shared = {
    ...parts,
    issuer,
    interactions,
    identity,
    cookies,
    openedFrames,
    waysBack,
    proofs,
    screens,
    signInPages,
    askOffer,
    grants: oidc.grants,
    repeats: oidc.repeats,
    answerOnce,
    tokenLives: oidcLifetimesOf(config),
    isSignUpOpen: config.sign_up === 'open',
    isPasskeyPossible: passkeys.isPossible,
    isKnownBrowser: createKnownBrowser({ accounts, browsers: parts.browsers, identity, cookies }),
  };
  const onRefusal = (refusal: Refusal, { state }: Context) => recordRefusal(refusal, state, parts);
  const listener = createRequestListener({
    clock,
    issuer,
    log,
    pages,
    assets,
    waysBack,
    formTokens,
    repeatForms: createFormRepeats({ answerOnce, formTokens, cookies }),
    addressOf: createAddressReader(config.http.trusted_proxies),
    checkHost,
    health: createHealthRoutes({ isReady }),
    routers: [
      createBrowserRoutes(shared),
      createPhoneRoutes(shared),
      ...createAdministration({
        ...shared,
        lifetimes: config.tokens,
        isPkceRequiredOfAll: config.security.require_pkce,
        registrations: config.registration.enabled ? parts.registrations : null,
        onRefusal,
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
        followKeys: oidc.followKeys,
        hasPasskey: async (accountId) => (await passkeys.list(accountId)).length > 0,
        redeem: oidc.redeemOwnCode,
        trials: oidc.trials,
        findMachineToken: oidc.findMachineToken,
        findPersonToken: oidc.findAccessToken,
      }),
      createLinkRoutes(shared),
      createDisowningRoutes(shared),
      createRecoveryRoutes(shared),
      createSignUpRoutes(shared),
      ...createAccountRoutes(shared),
      createPhonePageRoutes(shared),
    ],
    oidc: createOidcHandler({
      handler: oidc.handler,
      limits,
      isClientOrigin: parts.clients.hasOrigin,
      isPublicClient: async (id) => (await parts.clients.find(id))?.metadata.token_endpoint_auth_method === 'none',
      signOut: createSignOutRoutes({
        signOut: oidc.signOut,
        pages,
        isDevelopment: config.environment === 'development',
        onRefusal,
      }),
    }),
    events: createEventsListener({ issuer, interactions, tickets, screens, checkHost }),
  });
  return { listener, screens };
}
