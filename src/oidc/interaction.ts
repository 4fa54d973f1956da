// One pending authorization request in the browser that made it. This is the only caller of the library's
// interactionDetails and interactionResult; everybody else uses the types here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Client } from '../core/client/client.ts';
import { requestedAcrOf } from './acr.ts';
import {
  claimScopesOf,
  claimsNamed,
  encounteredIn,
  isClaimScope,
  settleClaims,
  subjectNamed,
} from './claims-parameter.ts';
import { phoneScope } from './client-metadata.ts';
import type { FinishingBrowser } from './finishing-browser.ts';
import { type HeldConsents, isImitable } from './held-consents.ts';
import { mayUseHeldConsent } from './load-grant.ts';
import { addedPrompts } from './policy.ts';
import { trialCallbackOf } from './trial.ts';

export type Interaction = {
  readonly uid: string;
  /** The same in all steps of one authorization request. It joins their audit records. */
  readonly correlationId: string;
  readonly prompt: 'login' | 'consent';
  readonly client: Client;
  readonly redirectUri: string;
  /** With the claims that were asked for by name (claims-parameter.ts). */
  readonly scopes: readonly string[];
  /**
   * Whether the request ends with a device that may approve sign-ins. The person must then prove who they
   * are here; neither an approval by phone nor an older sign-in is enough.
   */
  readonly enrolsDevice: boolean;
  /** Whether the person must prove who they are again (`prompt=login`). */
  readonly isLoginForced: boolean;
  /** Whether the relying party asks for a new account (`prompt=create`). */
  readonly wantsSignUp: boolean;
  /** Whether the person must be asked for consent again (`prompt=consent`). */
  readonly isConsentForced: boolean;
  readonly maxAgeSeconds: number | null;
  /** The acceptable classes, best first; an empty list accepts every class (acr.ts). */
  readonly requestedAcr: readonly string[];
  /** The subject that the request names (claims-parameter.ts), as this client knows it; null for nobody. */
  readonly expectedSubject: string | null;
  readonly loginHint: string | null;
  readonly uiLocales: readonly string[];
  readonly sessionAccountId: string | null;
  readonly startedAt: number;
  readonly endsAt: number;
  /** Where the browser continues when this interaction has its result already (a reload, the back button). */
  readonly resumeLocation: string | null;
};

export type Login = {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly authenticatedAt: number;
  /** Whether the session outlives the browser window. */
  readonly remember: boolean;
  /** Scopes that the person granted in the same act; null leaves consent to a page of its own. */
  readonly scopes: readonly string[] | null;
  /** The record of an approval by phone, which is also the id of its ticket. */
  readonly approvalId?: string;
  /** The record of a sign-in by another way. */
  readonly signInId?: string;
};

export type InteractionDeps = {
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly issuer: string;
  readonly findClient: (id: string) => Promise<Client | null>;
  readonly pairwiseSubject: (accountId: string, sectorIdentifier: string) => string;
  readonly finishingBrowser: Pick<FinishingBrowser, 'mark'>;
  readonly heldConsents: HeldConsents;
  readonly isSessionAlive: (sessionUid: string) => Promise<boolean>;
};

export type Interactions = ReturnType<typeof createInteractions>;

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

export function createInteractions(deps: InteractionDeps) {
  const { provider, issuer, findClient, pairwiseSubject, finishingBrowser, heldConsents } = deps;
  const phoneResource = `${issuer}/phone`;

  async function detailsOf(req: IncomingMessage, res: ServerResponse): Promise<Details | null> {
    try {
      return await provider().interactionDetails(req, res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return null;
      throw error;
    }
  }

  /**
   * The grant to extend. A new grant would revoke every older token of this session and client
   * (oidc-provider.md section 1).
   */
  async function grantFor(interaction: Interaction, details: Details, accountId: string) {
    const { Grant, Client } = provider();
    const existing = details.grantId ? await Grant.find(details.grantId) : undefined;
    const isSame = existing?.accountId === accountId && existing.clientId === interaction.client.id;
    if (isSame) return existing;
    const fresh = new Grant({ accountId, clientId: interaction.client.id });
    const client = await Client.find(interaction.client.id);
    // The library reads the grant's lifetime from its client (options.ts).
    if (client) fresh.client = client;
    return fresh;
  }

  /** Grants scopes to the client, and keeps the consent. @returns the grant's id */
  async function grant(
    req: IncomingMessage,
    interaction: Interaction,
    { details, accountId }: { details: Details; accountId: string },
    scopes: readonly string[],
  ): Promise<string> {
    const target = await grantFor(interaction, details, accountId);
    const isOfOpenId = (scope: string): boolean => scope !== phoneScope && !isClaimScope(scope);
    const ofOpenId = scopes.filter(isOfOpenId);
    const refused = interaction.scopes.filter((scope) => isOfOpenId(scope) && !scopes.includes(scope));
    target.addOIDCScope(ofOpenId.join(' '));
    if (refused.length > 0) target.rejectOIDCScope(refused.join(' '));
    settleClaims(target, claimsNamed(details.params.claims), scopes);
    if (scopes.includes(phoneScope)) target.addResourceScope(phoneResource, phoneScope);
    const grantId = String(await target.save());
    // "Try it" of the console is not a use of the app, and its grant ends with it (trial.ts).
    const { client, redirectUri } = interaction;
    const isTrial = redirectUri === trialCallbackOf(issuer);
    if (!isTrial) await heldConsents.keep({ req, accountId, client, redirectUri }, scopes);
    return grantId;
  }

  /** Scopes that need no question because the account granted them before. */
  async function heldScopes(
    req: IncomingMessage,
    interaction: Interaction,
    details: Details,
    accountId: string,
  ): Promise<readonly string[]> {
    const { prompt, client, redirectUri } = interaction;
    // Before a sign-in there is no session yet that could limit anything.
    const uid = prompt === 'consent' ? details.session?.uid : undefined;
    const session = uid === undefined ? {} : ((await provider().Session.findByUid(uid)) ?? {});
    if (!mayUseHeldConsent(session, client.id)) return [];
    return heldConsents.scopesOf({ req, accountId, client, redirectUri });
  }

  async function isExpected(interaction: Interaction, accountId: string): Promise<boolean> {
    if (interaction.expectedSubject === null) return true;
    const client = await provider().Client.find(interaction.client.id);
    if (client?.subjectType !== 'pairwise') return interaction.expectedSubject === accountId;
    return interaction.expectedSubject === pairwiseSubject(accountId, String(client.sectorIdentifier ?? ''));
  }

  async function currentDetails(req: IncomingMessage, res: ServerResponse): Promise<Details> {
    const details = await detailsOf(req, res);
    if (!details) throw new errors.SessionNotFound('interaction session not found');
    return details;
  }

  /**
   * Ends the interaction with an error at the relying party, with `state` and `iss`.
   * @returns where the browser continues
   */
  const abort = (
    req: IncomingMessage,
    res: ServerResponse,
    reason: { error: string; description: string },
  ): Promise<string> =>
    provider().interactionResult(
      req,
      res,
      { error: reason.error, error_description: reason.description },
      { mergeWithLastSubmission: false },
    );

  return {
    /**
     * Whether this account is the one that `id_token_hint` names; true without a hint. For pages that
     * offer a way to sign in: `finish` and `consent` apply the rule themselves.
     */
    isExpected,
    abort,

    /**
     * The interaction of this request, by its cookie; null when the cookie is missing, forged, of another
     * browser or expired.
     */
    async current(req: IncomingMessage, res: ServerResponse): Promise<Interaction | null> {
      const details = await detailsOf(req, res);
      const client = details && (await findClient(String(details.params.client_id)));
      return details && client ? describe(details, client) : null;
    },

    /**
     * Scopes that the person is asked for: those that this account has not granted the client yet, or all
     * with `prompt=consent`. None for a first-party client, unless other programs could pretend to be it.
     */
    async missingScopes(
      req: IncomingMessage,
      res: ServerResponse,
      interaction: Interaction,
      accountId: string,
    ): Promise<string[]> {
      const { client, redirectUri, scopes, isConsentForced } = interaction;
      if (isConsentForced) return [...scopes];
      if (client.firstParty && !isImitable(client, redirectUri)) return [];
      const details = await currentDetails(req, res);
      const existing = details.grantId ? await provider().Grant.find(details.grantId) : undefined;
      const isOwn = existing?.accountId === accountId;
      const encountered = encounteredIn(isOwn ? existing : undefined);
      for (const scope of await heldScopes(req, interaction, details, accountId)) encountered.add(scope);
      return scopes.filter((scope) => !encountered.has(scope));
    },

    /**
     * Ends the sign-in part. An account other than the one that `id_token_hint` names ends in
     * `login_required` at the relying party (OIDC Core §3.1.2.2), by whichever way the person signed in.
     * Writes the result only: the library makes the code once, when the browser follows the returned
     * address.
     * @returns where the browser continues
     */
    async finish(req: IncomingMessage, res: ServerResponse, interaction: Interaction, login: Login): Promise<string> {
      const { accountId, acr, amr, authenticatedAt, remember, scopes, approvalId, signInId } = login;
      if (!(await isExpected(interaction, accountId))) return abort(req, res, otherAccount);
      const details = await currentDetails(req, res);
      const granted = scopes ?? (interaction.client.firstParty ? interaction.scopes : null);
      const grantId = granted && (await grant(req, interaction, { details, accountId }, granted));
      const result = {
        login: { accountId, acr, amr: [...amr], ts: authenticatedAt, remember },
        ...answeredPrompts(details),
        ...(grantId && { consent: { grantId } }),
        ...(approvalId && { approval: { id: approvalId } }),
        ...finishingBrowser.mark(req, res),
        ...(signInId && { sign_in: { id: signInId } }),
      };
      return provider().interactionResult(req, res, result);
    },

    /**
     * Grants what was asked for, for the account of the session; `id_token_hint` as in `finish`.
     * @returns where the browser continues; null, and nothing is granted, when the session has ended
     */
    async consent(
      req: IncomingMessage,
      res: ServerResponse,
      interaction: Interaction,
      accountId: string,
    ): Promise<string | null> {
      const details = await currentDetails(req, res);
      if (!(await deps.isSessionAlive(details.session?.uid ?? ''))) return null;
      if (!(await isExpected(interaction, accountId))) return abort(req, res, otherAccount);
      const grantId = await grant(req, interaction, { details, accountId }, interaction.scopes);
      return provider().interactionResult(req, res, { consent: { grantId }, ...finishingBrowser.mark(req, res) });
    },
  };
}

const otherAccount = {
  error: 'login_required',
  description: 'another account signed in than the request names',
};

/**
 * Names the prompts that a sign-in answers. The library would otherwise ask for them again without end
 * (policy.ts). A later consent keeps them, because results of one request are merged.
 */
const answeredPrompts = ({ params }: Details): Record<string, object> =>
  Object.fromEntries(addedPrompts.filter((name) => words(params.prompt).includes(name)).map((name) => [name, {}]));

/** Characters of a `login_hint`: an email address has at most 254 (RFC 5321 §4.5.3.1.3). */
const maxHintLength = 254;

function describe(details: Details, client: Client): Interaction {
  const { params, prompt } = details;
  const maxAge = params.max_age === undefined ? null : Number(params.max_age);
  return {
    uid: details.uid,
    correlationId: details.cid,
    prompt: prompt.name === 'consent' ? 'consent' : 'login',
    client,
    redirectUri: String(params.redirect_uri),
    scopes: [...words(params.scope), ...claimScopesOf(params.claims, words(params.scope))],
    enrolsDevice: words(params.scope).includes(phoneScope),
    isLoginForced: words(params.prompt).includes('login'),
    wantsSignUp: words(params.prompt).includes('create'),
    isConsentForced: words(params.prompt).includes('consent'),
    maxAgeSeconds: maxAge,
    requestedAcr: requestedAcrOf(params),
    expectedSubject: subjectNamed(params),
    loginHint: typeof params.login_hint === 'string' ? params.login_hint.slice(0, maxHintLength) : null,
    uiLocales: words(params.ui_locales),
    sessionAccountId: details.session?.accountId ?? null,
    startedAt: details.iat ?? 0,
    endsAt: details.exp,
    resumeLocation: details.result ? details.returnTo : null,
  };
}

const words = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? value.split(' ') : []);
