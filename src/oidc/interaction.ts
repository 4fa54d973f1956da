// One pending authorization request in the browser that made it. This is the only caller of the library's
// interactionDetails and interactionResult; everybody else uses the types here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Client } from '../core/client/client.ts';
import { claimsNamed, encounteredIn, isClaimScope, settleClaims } from './claims-parameter.ts';
import { phoneScope } from './client-metadata.ts';
import type { FinishingBrowser } from './finishing-browser.ts';
import { type HeldConsents, isImitable } from './held-consents.ts';
import { answeredPrompts, describeInteraction, type Interaction } from './interaction-facts.ts';
import type { KeptReturns } from './kept-returns.ts';
import { mayUseHeldConsent } from './load-grant.ts';
import type { SessionAnswer } from './session-answer.ts';
import { trialCallbackOf } from './trial.ts';

export type { Interaction } from './interaction-facts.ts';

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
  readonly finishingBrowser: Pick<FinishingBrowser, 'mark' | 'secretOf'>;
  readonly keptReturns: Pick<KeptReturns, 'isKept'>;
  readonly heldConsents: HeldConsents;
  readonly isSessionAlive: (sessionUid: string) => Promise<boolean>;
  /** Whether a sign-in in another tab answers the request. */
  readonly isAnswered: SessionAnswer;
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
    unreject(target, scopes);
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
      { error: reason.error, error_description: reason.description, ...finishingBrowser.mark(req, res) },
      { mergeWithLastSubmission: false },
    );

  /** See `missingScopes` below. */
  async function missingScopes(
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
  }

  return {
    /**
     * Whether this account is the one that `id_token_hint` names; true without a hint. For pages that
     * offer a way to sign in: `finish` and `consent` apply the rule themselves.
     */
    isExpected,
    abort,

    /**
     * Marks the browser that shows the page of an interaction: it alone gets a lost answer again.
     */
    markBrowser: (req: IncomingMessage, res: ServerResponse): void => void finishingBrowser.mark(req, res),

    /** The secret that marks the browser of this request; null without a mark. */
    browserSecret: finishingBrowser.secretOf,

    /**
     * Where the browser continues whose interaction has ended while its answer may have got lost; null when
     * there is nothing to continue.
     */
    lostReturn: async (req: IncomingMessage, uid: string): Promise<string | null> =>
      (await deps.keptReturns.isKept(req, uid)) ? `/auth/${uid}` : null,

    /**
     * The interaction of this request, by its cookie; null when the cookie is missing, forged, of another
     * browser or expired.
     */
    async current(req: IncomingMessage, res: ServerResponse): Promise<Interaction | null> {
      const details = await detailsOf(req, res);
      const client = details && (await findClient(String(details.params.client_id)));
      return details && client ? describeInteraction(details, client) : null;
    },

    /**
     * Scopes that the person is asked for: those that this account has not granted the client yet, or all
     * with `prompt=consent`. None for a first-party client, unless other programs could pretend to be it.
     */
    missingScopes,

    /**
     * Where a request continues that another tab of this browser has answered meanwhile: by a sign-in, or by
     * consent to the same scopes. Null while it waits for the person.
     */
    async continuation(req: IncomingMessage, res: ServerResponse, interaction: Interaction): Promise<string | null> {
      const details = await currentDetails(req, res);
      const { prompt, returnTo } = details;
      if (prompt.name !== 'consent') return (await deps.isAnswered(req, res, details)) ? returnTo : null;
      const { sessionAccountId } = interaction;
      const isForScopes = prompt.reasons.every((reason) => /^op_(scopes|claims)_missing$/.test(reason));
      if (!sessionAccountId || !isForScopes) return null;
      return (await missingScopes(req, res, interaction, sessionAccountId)).length === 0 ? returnTo : null;
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

/** What is granted now was perhaps left out before. The library would go on leaving it out. */
function unreject(grant: object, scopes: readonly string[]): void {
  const { openid } = (Reflect.get(grant, 'rejected') ?? {}) as { openid?: { scope?: string } };
  if (!openid?.scope) return;
  openid.scope = openid.scope
    .split(' ')
    .filter((scope) => !scopes.includes(scope))
    .join(' ');
}

const otherAccount = {
  error: 'login_required',
  description: 'another account signed in than the request names',
};
