// The OpenID provider: oidc-provider, configured and connected to our accounts, clients, keys and store.
// The parts are in the other files of this folder.
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Account } from '../core/account/account.ts';
import type { Client } from '../core/client/client.ts';
import type { Consents } from '../core/consent/consents.ts';
import { followKeys } from '../core/key/key-follower.ts';
import type { OpenedKeys, SigningKeys } from '../core/key/signing-keys.ts';
import type { LogoutNotice } from '../core/logout/logout.ts';
import { digest, type Vault } from '../crypto.ts';
import { createAdapterFactory } from './adapter.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { judgeClient } from './client-judge.ts';
import { type ClientKeys, createClientKeys } from './client-keys.ts';
import { answerRevocationsAsJson, nameSessions } from './client-libraries.ts';
import { adminScopesOf, toMetadata } from './client-metadata.ts';
import { ownSettingsOf } from './client-settings.ts';
import { closeCorsToStrangers } from './cors.ts';
import { answerScreens, createDeviceCodeAdapter, type DeviceCodesDeps } from './device-codes.ts';
import { createEndedSessions, createSignedOutCheck } from './ended-sessions.ts';
import { createFinishingBrowser, type FinishingBrowser } from './finishing-browser.ts';
import { createGrants } from './grants.ts';
import { createHeldConsents } from './held-consents.ts';
import { shapeIdTokens } from './id-token.ts';
import { createInteractions } from './interaction.ts';
import { createKeptReturns, type KeptReturns } from './kept-returns.ts';
import { leaveByPages } from './leaving.ts';
import { adjustClients, compareDigests } from './library-clients.ts';
import { createLogoutSender } from './logout-sender.ts';
import { type OidcEvent, refreshRepeated, reportEvents } from './oidc-events.ts';
import {
  authorizationCodeSeconds,
  createOptions,
  type OidcLifetimes,
  type OidcPages,
  type OptionsDeps,
} from './options.ts';
import { consoleClientId, type OwnSignIn, redeemOwnCode } from './own-client.ts';
import { createPolicy } from './policy.ts';
import { redirectPost } from './post-authorization.ts';
import { cachePublished } from './published.ts';
import { createRefreshGrace } from './refresh-rotation.ts';
import { type ReportedRefusal, reportRefusals } from './refusal-events.ts';
import { createRepeats } from './repeats.ts';
import { settleScopes } from './scopes.ts';
import { createSessionAnswer } from './session-answer.ts';
import { renewSessionsAtSignIn } from './session-life.ts';
import { createSessions } from './sessions.ts';
import { createSignOut } from './sign-out.ts';
import { refuseUnreadableJson } from './signed-json.ts';
import { allowTrialCallback, createTrials } from './trial.ts';

export type { OidcEvent } from './oidc-events.ts';
export type { ReportedRefusal } from './refusal-events.ts';

export type OidcDeps = {
  readonly issuer: string;
  readonly cookieKeys: readonly string[];
  readonly vault: Vault;
  readonly clock: Clock;
  readonly artifacts: ArtifactStore;
  readonly keys: SigningKeys;
  readonly lifetimes: OidcLifetimes;
  /** Null for an unknown or disabled account, which every flow then refuses (security.md A18). */
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
  /** Since when the client has its id, epoch seconds. Older grants belong to a deleted client. */
  readonly clientSince: (client: Client) => number;
  /** Whether any client has a redirect URI or page of this origin. */
  readonly isClientOrigin: (origin: string) => Promise<boolean>;
  readonly consents: Consents;
  /** Digest of the browser cookie; null where there is none yet. */
  readonly browserHashOf: (req: IncomingMessage) => string | null;
  readonly pages: OidcPages;
  /** The Content-Security-Policy nonce of this answer. */
  readonly nonceOf: (req: IncomingMessage) => string;
  /** The id of the request in the log. */
  readonly requestIdOf: (req: IncomingMessage) => string;
  readonly isOutboundToPrivateNetworksAllowed: boolean;
  readonly isRegistrationOpen: boolean;
  readonly uiLocales: readonly string[];
  readonly isPkceRequiredOfAll: boolean;
  /** Whether the sign-in of this record (core/approval) was ended, so that nothing may follow from it. */
  readonly isSignInEnded: (recordId: string) => Promise<boolean>;
  readonly onEvent: (event: OidcEvent) => void;
  /** Called once for every request that was refused. It returns at once and never throws. */
  readonly onRefusal: (reported: ReportedRefusal) => void;
  /**
   * Called when a client authenticated with the secret of this hash. It returns at once and never throws.
   */
  readonly onSecretUsed: (clientId: string, hash: string) => void;
  /** Keeps durably what a relying party has to be told (security.md A20). */
  readonly enqueueLogout: (notice: LogoutNotice) => Promise<void>;
  /** Starts sending in the background. Called after the session is destroyed. */
  readonly sendLogouts: () => void;
} & Omit<DeviceCodesDeps, 'issuer' | 'vault'>;

export type Oidc = Awaited<ReturnType<typeof createOidc>>;

/** @throws Error when the signing keys cannot be decrypted with this encryption key */
export async function createOidc(deps: OidcDeps) {
  const { issuer, vault, clock, artifacts, keys, lifetimes, findClient, onEvent } = deps;
  const endedSessions = createEndedSessions({ artifacts, clock });
  const isSignedOutSince = createSignedOutCheck(deps);
  const refreshGrace = createRefreshGrace({ artifacts, vault, clock });
  const adapter = createAdapterFactory({
    artifacts,
    vault,
    clock,
    endedSessions,
    refreshGrace,
    onRefreshRepeated: () => Provider.ctx && onEvent(refreshRepeated(Provider.ctx)),
    deviceCodes: createDeviceCodeAdapter(deps),
    replayMemorySeconds: () =>
      ownSettingsOf(Provider.ctx?.oidc?.client).accessTokenSeconds ?? lifetimes.accessTokenSeconds,
    async findClientMetadata(id) {
      const client = await findClient(id);
      return client ? toMetadata(client, clock()) : undefined;
    },
    async isGrantOfClient(clientId, grantedAt) {
      const client = await findClient(clientId);
      return client !== null && grantedAt >= deps.clientSince(client);
    },
    isSignedOutSince,
    isSignInEnded: deps.isSignInEnded,
  });
  const clientKeys = createClientKeys(deps);
  const finishingBrowser = createFinishingBrowser({ issuer, seconds: lifetimes.interactionSeconds });
  const heldConsents = createHeldConsents(deps);
  const repeats = createRepeats({ artifacts, vault, clock });
  const codeSeconds = authorizationCodeSeconds;
  const keptReturns = createKeptReturns({ repeats, artifacts, finishingBrowser, clock, codeSeconds });
  // The library takes its keys once. A provider costs less than a millisecond and keeps nothing between
  // requests, so a change of keys makes a new provider. Requests under way end on the old one.
  let present: ReturnType<typeof buildProvider>;
  const follower = await followKeys({
    keys,
    apply(opened) {
      present = buildProvider({ ...deps, clientKeys, finishingBrowser, keptReturns, heldConsents }, adapter, opened);
      refreshGrace.nameSuccessors(present.provider);
    },
    onFailure: (error) => onEvent({ type: 'server_error', error }),
  });
  const provider = () => present.provider;
  const sessions = createSessions({ ...deps, provider, endedSessions, isSignedOutSince });
  const pairwiseSubject = (accountId: string, sector: string) => vault.mac(`${sector}.${accountId}`, 'pairwise');

  return {
    /** Serves every route of the library. */
    handler(req: IncomingMessage, res: ServerResponse): void {
      const [path = ''] = (req.url ?? '').split('?', 1);
      const isPost = req.method === 'POST' && path === '/auth';
      // Resuming takes no parameters, and the library answers 500 to some of them (9.13.3).
      if (path.startsWith('/auth/')) req.url = path;
      void (isPost ? redirectPost(req, res) : present.serve(req, res)).catch(() => res.destroy());
    },

    interactions: createInteractions({
      ...{ provider, issuer, findClient, pairwiseSubject, finishingBrowser, keptReturns, heldConsents },
      isSessionAlive: sessions.isAlive,
      isAnswered: createSessionAnswer({ provider, policy: createPolicy(deps) }),
    }),

    sessions,
    repeats,

    signOut: createSignOut({
      provider,
      vault,
      sessions,
      isHttps: issuer.startsWith('https:'),
      pairwiseSubject,
      onEvent,
    }),

    /** The grants of accounts. */
    grants: createGrants({ ...deps, provider, revokeGrant: sessions.revokeGrant }),

    /** One attempt to tell a relying party of a logout. */
    sendLogout: (...tried: Parameters<typeof present.sendLogout>) => present.sendLogout(...tried),

    /** Finds a live opaque access token of a person with a live grant; null otherwise. */
    async findAccessToken(token: string) {
      const found = token.length <= 256 ? await provider().AccessToken.find(token) : undefined;
      if (!found?.isValid || !found.grantId || !(await provider().Grant.find(found.grantId))) return null;
      const scopes = [...found.scopes];
      const authenticatedAt = Number(found.extra?.auth_time ?? 0);
      const { accountId, clientId, aud, jkt } = found;
      return {
        accountId,
        clientId: String(clientId),
        scopes,
        audience: aud ?? null,
        keyThumbprint: jkt ?? null,
        authenticatedAt,
      };
    },

    /** Redeems a code of the console's own sign-in (own-client.ts). */
    async redeemOwnCode(redirectUri: string, code: string, verifier: string): Promise<OwnSignIn | null> {
      const redeemed = await redeemOwnCode(provider(), redirectUri, code, verifier);
      if (!redeemed) return null;
      const { signIn, origin } = redeemed;
      onEvent({ type: 'code.redeemed', ...origin, accountId: signIn.accountId, clientId: consoleClientId });
      return signIn;
    },

    /** The console's "Try it" and its preview of claims (trial.ts). */
    trials: createTrials({ ...deps, provider, revokeGrant: sessions.revokeGrant }),

    /** What the library would refuse of a client at its first use; null when nothing. */
    judgeClient: (client: Client): Promise<string | null> => judgeClient(provider(), client, clock()),

    /** Finds a machine's token for one of our own APIs (RFC 6749 §4.4); null for anything else. */
    async findMachineToken(token: string) {
      const found = token.length <= 256 ? await provider().ClientCredentials.find(token) : undefined;
      const clientId = found?.isValid ? found.clientId : undefined;
      const client = clientId === undefined ? null : await findClient(clientId);
      if (!found || !clientId || !client || (found.iat ?? 0) < deps.clientSince(client)) return null;
      // A scope that was taken from the client since then no longer counts.
      const allowed = adminScopesOf(client);
      const scopes = [...found.scopes].filter((scope) => allowed.includes(scope));
      return { clientId, scopes, audience: found.aud ?? null, keyThumbprint: found.jkt ?? null };
    },

    /**
     * Remembers the id of a DPoP proof until `expiresAt`. Atomic.
     * @returns true when the id was known before
     */
    async isDpopReplay(keyThumbprint: string, jti: string, expiresAt: number): Promise<boolean> {
      const id = digest(`phone ${keyThumbprint} ${jti}`);
      const none = { grantId: null, uid: null, userCode: null, consumedAt: null };
      return !(await artifacts.insert({ model: 'ReplayDetection', id, payload: '', expiresAt, ...none }));
    },

    /** Reads the signing keys now. A timer does so every few seconds. */
    followKeys: follower.look,

    /** Stops the timer. */
    close: follower.stop,
  };
}

type BuildDeps = OidcDeps &
  Pick<OptionsDeps, 'heldConsents'> & {
    readonly clientKeys: ClientKeys;
    readonly finishingBrowser: FinishingBrowser;
    readonly keptReturns: KeptReturns;
  };

function buildProvider(deps: BuildDeps, adapter: OptionsDeps['adapter'], { published, retired }: OpenedKeys) {
  // The library signs with the first key of an algorithm, so retired keys come last.
  const jwks = [...published, ...retired];
  const options = createOptions({ ...deps, jwks, adapter, nonceOf: (ctx) => deps.nonceOf(ctx.req) });
  const provider = new Provider(deps.issuer, options);
  // Host and scheme come from the issuer alone: http/kit/host.ts sets these headers and drops what a caller
  // sent.
  provider.proxy = true;
  // Our failures arrive as events (oidc-events.ts) and go into the log. An aborted connection is not worth
  // a line on standard error.
  provider.silent = true;
  compareDigests(provider, deps.onSecretUsed);
  adjustClients(provider, deps.clientKeys);
  refuseUnreadableJson(provider);
  deps.finishingBrowser.guard(provider);
  deps.keptReturns.serve(provider);
  renewSessionsAtSignIn(provider, deps.clock);
  closeCorsToStrangers(provider, deps.isClientOrigin);
  cachePublished(provider, new Set(published.map(({ kid }) => kid)));
  leaveByPages(provider, {
    onward: (ctx, location) =>
      deps.pages.onward({ acceptLanguage: ctx.get('accept-language'), nonce: deps.nonceOf(ctx.req), location }),
  });
  answerScreens(provider, deps.issuer);
  shapeIdTokens(provider);
  settleScopes(provider);
  allowTrialCallback(provider, deps.issuer);
  reportEvents(provider, deps.onEvent);
  reportRefusals(provider, deps.onRefusal);
  answerRevocationsAsJson(provider);
  nameSessions(provider);
  const sendLogout = createLogoutSender(provider, deps.enqueueLogout);
  provider.on('end_session.success', deps.sendLogouts);
  return { provider, sendLogout, serve: provider.callback() };
}
