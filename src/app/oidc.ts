// Wires the OpenID provider (src/oidc) to our accounts, clients, keys and store.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Accounts } from '../core/account/accounts.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Client } from '../core/client/client.ts';
import type { ClientUses } from '../core/client/client-uses.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Consents } from '../core/consent/consents.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';
import type { Logouts } from '../core/logout/logouts.ts';
import type { Refusals } from '../core/refusal/refusals.ts';
import type { Tickets } from '../core/ticket/tickets.ts';
import { digest, type Vault } from '../crypto.ts';
import { addressOf, nonceOf, requestIdOf } from '../http/kit/context.ts';
import { createCookies } from '../http/kit/cookies.ts';
import type { Pages } from '../http/kit/pages.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { oidcPages } from '../http/oidc/oidc-pages.ts';
import { messagesOf } from '../i18n/locale.ts';
import type { Log } from '../log.ts';
import { createOidc } from '../oidc/provider.ts';
import type { Store } from '../store/store.ts';
import { recordOidcEvent, recordRefusal } from './oidc-events.ts';
import { openScreenSignIns } from './screens.ts';
import { oidcLifetimesOf } from './settings.ts';

export type OpenOidcDeps = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly clientUses: ClientUses;
  readonly signingKeys: SigningKeys;
  readonly tickets: Tickets;
  readonly refusals: Refusals;
  readonly limits: RequestLimits;
  readonly pages: Pages;
  /** Epoch seconds since when the client's id has named this client (security.md A18). */
  readonly clientSince: (client: Client) => number;
  /**
   * Use-cases that are made of the provider and therefore after it. Called while the provider serves
   * requests, never while it is being made.
   */
  readonly later: () => { readonly approvals: Approvals; readonly logouts: Logouts };
};

/** @throws AppError `encryption_key_wrong` when this encryption key does not open the signing keys */
export function openOidc(deps: OpenOidcDeps) {
  const { config, secrets, store, vault, clock, log, audit, accounts, clients, clientUses, tickets, later } = deps;
  const { refusals, consents } = deps;
  const cookies = createCookies({ isHttps: config.issuer.startsWith('https:') });
  return createOidc({
    issuer: config.issuer,
    cookieKeys: secrets.cookieKeys,
    vault,
    clock,
    artifacts: store.artifacts,
    keys: deps.signingKeys,
    findAccount: accounts.findActive,
    findClient: clients.find,
    consents,
    browserHashOf: (req) => hashOf(cookies.existingBrowser({ get: () => req.headers.cookie ?? '' })),
    clientSince: deps.clientSince,
    isClientOrigin: clients.hasOrigin,
    lifetimes: oidcLifetimesOf(config),
    isRegistrationOpen: config.registration.enabled,
    uiLocales: Object.keys(messagesOf),
    isPkceRequiredOfAll: config.security.require_pkce,
    isOutboundToPrivateNetworksAllowed: config.http.outbound_private_networks,
    nonceOf,
    requestIdOf,
    pages: oidcPages(deps.pages, { isDevelopment: config.environment === 'development', issuer: config.issuer }),
    isSignInEnded: (id) => later().approvals.isEnded(id),
    onEvent: (event) => recordOidcEvent(event, { audit, approvals: later().approvals, clientUses, log, addressOf }),
    onRefusal: ({ refusal, request, swappedId }) => {
      const from = { requestId: requestIdOf(request), address: addressOf(request), swappedId };
      recordRefusal(refusal, from, { refusals, clients, log });
    },
    onSecretUsed: clientUses.noteSecret,
    enqueueLogout: (notice) => later().logouts.enqueue(notice),
    sendLogouts: () => later().logouts.wake(),
    ...openScreenSignIns({
      tickets,
      audit,
      clock,
      requestLimits: deps.limits,
      consume: (...by) => later().approvals.consume(...by),
    }),
  });
}

const hashOf = (secret: string | null): string | null => (secret === null ? null : digest(secret));
