// Signing out at the request of a relying party (OpenID Connect RP-Initiated Logout 1.0). What does not
// validate is not used (§4), and signing out works all the same. The library's own routes for it end in an
// error, and their form works in the newest tab only. The pages are in http/oidc/sign-out-routes.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Client, Session } from 'oidc-provider';
import { bareAddress, maxValueLength, nearestAddress, type Refusal, receivedId } from '../core/refusal/refusal.ts';
import { isSameSecret, type Vault } from '../crypto.ts';
import { plainText } from '../plain-text.ts';
import type { OidcEvent } from './oidc-events.ts';
import type { Sessions } from './sessions.ts';

/** The parameters (§2); null where one is missing or was sent more than once. */
export type SignOutParams = {
  readonly idTokenHint: string | null;
  readonly clientId: string | null;
  readonly returnTo: string | null;
  readonly state: string | null;
};

/** Why a part of the request is not used. */
export type SignOutProblem = 'hint_invalid' | 'client_unknown' | 'client_missing' | 'return_address_unregistered';

/** What a request means, after everything that does not validate was dropped. */
export type SignOutRequest = {
  readonly client: { readonly id: string; readonly name: string } | null;
  /** Where the browser goes afterwards, with `state`; null: it stays here. */
  readonly returnTo: string | null;
  readonly problem: SignOutProblem | null;
  /** The problem as it is recorded; null without one. */
  readonly refusal: Refusal | null;
  /** Whether somebody is signed in in this browser. */
  readonly isSignedIn: boolean;
  /** Whether the hint is an ID token of this very session, so that nobody needs to be asked. */
  readonly isProven: boolean;
  /** For the form: proves that our own page of this session asked. */
  readonly proof: string;
  /** For the form: carries what was asked for to the answer, sealed. */
  readonly plan: string;
};

/** What follows the answer to the question. `returnTo` has the `state`; null: the browser stays here. */
export type SignOutPlan = { readonly clientId: string | null; readonly returnTo: string | null };

/** A plan as a form carries it. It has no end, so the address is judged again when it is used. */
type CarriedPlan = SignOutPlan & { readonly state: string | null };

export type SignOutDeps = {
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly vault: Vault;
  readonly sessions: Pick<Sessions, 'signOut'>;
  readonly isHttps: boolean;
  readonly pairwiseSubject: (accountId: string, sectorIdentifier: string) => string;
  readonly onEvent: (event: OidcEvent) => void;
};

export type SignOut = ReturnType<typeof createSignOut>;

/** Documented by the library, but missing from its types. */
type IdTokens = { readonly IdToken: { validate(jwt: string, client: Client): Promise<{ payload: Claims }> } };
type Claims = { readonly sub?: unknown; readonly sid?: unknown; readonly aud?: unknown };
type Validated = {
  readonly client: Client | null;
  readonly claims: Claims | null;
  readonly problem: SignOutProblem | null;
  /** The client that the request names, whether anything proves that it asks or not; for the record. */
  readonly named: Client | null;
  /** The id by which it was named; null: by none. */
  readonly received: string | null;
};

const planContext = 'sign-out plan';

export function createSignOut(deps: SignOutDeps) {
  const { provider, vault } = deps;

  /** The session of this browser, by its cookie. It has no account when nobody is signed in. */
  const sessionOf = (req: IncomingMessage, res: ServerResponse): Promise<Session> => {
    const { Session } = provider() as unknown as { Session: { get(ctx: unknown): Promise<Session> } };
    return Session.get(provider().createContext(req, res));
  };

  const proofOf = (session: Session): string => vault.mac(session.uid, 'sign-out form');

  const sealPlan = (plan: CarriedPlan): string => vault.seal(JSON.stringify(plan), planContext);

  function openSealed(sealed: string): CarriedPlan {
    try {
      return JSON.parse(vault.open(sealed, planContext)) as CarriedPlan;
    } catch {
      return { clientId: null, returnTo: null, state: null };
    }
  }

  const findClient = async (id: string): Promise<Client | null> =>
    (id.length <= 256 && (await provider().Client.find(id))) || null;

  /** Expired hints are valid (§2): a session often lives longer than its ID token. */
  async function validate({ idTokenHint, clientId, returnTo }: SignOutParams): Promise<Validated> {
    const audience = idTokenHint === null ? null : audienceOf(idTokenHint);
    const received = clientId ?? audience;
    const named = received === null ? null : await findClient(received);
    const unused = { client: null, claims: null, named, received };
    if (idTokenHint === null) {
      if (received === null) return { ...unused, problem: returnTo === null ? null : 'client_missing' };
      return { ...unused, client: named, problem: named ? null : 'client_unknown' };
    }
    // §2: the client must be the one to which the ID token was issued.
    if (audience === null || audience !== received) return { ...unused, problem: 'hint_invalid' };
    if (!named) return { ...unused, problem: 'client_unknown' };
    try {
      const { payload } = await (provider() as unknown as IdTokens).IdToken.validate(idTokenHint, named);
      return { ...unused, client: named, claims: payload, problem: null };
    } catch {
      // The client is known, but nothing proves that it asks, so its return address is not used.
      return { ...unused, problem: 'hint_invalid' };
    }
  }

  /** Whether the ID token was issued in this session to the account that is signed in. */
  function isOfSession(session: Session, client: Client, { sub, sid }: Claims): boolean {
    const { accountId } = session;
    if (!accountId) return false;
    const isPairwise = client.subjectType === 'pairwise';
    const subject = isPairwise ? deps.pairwiseSubject(accountId, String(client.sectorIdentifier ?? '')) : accountId;
    return sub === subject && (sid === undefined || sid === session.sidFor(client.clientId));
  }

  return {
    /** Reads a request. It changes nothing. */
    async read(req: IncomingMessage, res: ServerResponse, params: SignOutParams): Promise<SignOutRequest> {
      const session = await sessionOf(req, res);
      const { client, claims, problem: ofClient, ...about } = await validate(params);
      const { returnTo, state } = params;
      const isRegistered = returnTo !== null && client?.postLogoutRedirectUriAllowed(returnTo) === true;
      const isReturnRefused = returnTo !== null && client !== null && !isRegistered;
      const problem = ofClient ?? (isReturnRefused ? 'return_address_unregistered' : null);
      const isSignedIn = session.accountId !== undefined;
      return {
        client: client && { id: client.clientId, name: client.clientName ?? client.clientId },
        returnTo: isRegistered && returnTo !== null ? withState(returnTo, state) : null,
        problem,
        refusal: problem && refusalOf(problem, about, returnTo),
        isSignedIn,
        isProven: isSignedIn && client !== null && claims !== null && isOfSession(session, client, claims),
        proof: proofOf(session),
        plan: sealPlan({ clientId: client?.clientId ?? null, returnTo: isRegistered ? returnTo : null, state }),
      };
    },

    /**
     * Reads the plan of a form. The client may have been changed or deleted since the form was made.
     * @returns a plan without a return address for anything that `read` did not make
     */
    async openPlan(sealed: string): Promise<SignOutPlan> {
      const { clientId, returnTo, state } = openSealed(sealed);
      const client = clientId === null ? null : await findClient(clientId);
      const isRegistered = returnTo !== null && client?.postLogoutRedirectUriAllowed(returnTo) === true;
      return { clientId: client?.clientId ?? null, returnTo: isRegistered ? withState(returnTo, state) : null };
    },

    /** Whether somebody is signed in in this browser. */
    isSignedIn: async (req: IncomingMessage, res: ServerResponse): Promise<boolean> =>
      (await sessionOf(req, res)).accountId !== undefined,

    /**
     * Ends the session of this browser, if there is one, and tells the relying parties.
     * @param proof of the form; null when the hint proved the request
     * @returns false when the proof is not of this session, so that the person must be asked again
     */
    async end(
      req: IncomingMessage,
      res: ServerResponse,
      { proof, clientId }: { readonly proof: string | null; readonly clientId: string | null },
    ): Promise<boolean> {
      const session = await sessionOf(req, res);
      const { accountId, uid } = session;
      if (accountId === undefined) return true;
      if (proof !== null && !isSameSecret(proof, proofOf(session))) return false;
      await deps.sessions.signOut(uid);
      provider()
        .createContext(req, res)
        .cookies.set(provider().cookieName('session'), null, {
          ...{ signed: true, httpOnly: true, sameSite: 'lax', overwrite: true },
          secure: deps.isHttps,
        });
      deps.onEvent({ type: 'session.ended', accountId, clientId, sessionUid: uid });
      return true;
    },
  };
}

/** The audience of an ID token that was not verified yet; null for anything that cannot be one. */
function audienceOf(jwt: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const aud = typeof claims === 'object' && claims !== null && 'aud' in claims ? claims.aud : null;
    return typeof aud === 'string' && aud !== '' ? aud : null;
  } catch {
    return null;
  }
}

/** Registered addresses have no fragment, so the parameter goes to the end (§3). */
const withState = (uri: string, state: string | null): string =>
  state === null ? uri : `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;

const descriptions: Readonly<Record<SignOutProblem, string>> = {
  hint_invalid: 'the id_token_hint is not a valid ID token of this client and is not used',
  client_unknown: 'the client does not exist',
  client_missing: 'a post_logout_redirect_uri needs an id_token_hint or a client_id',
  return_address_unregistered: 'the post_logout_redirect_uri is not registered and is not used',
};

function refusalOf(
  problem: SignOutProblem,
  { named, received }: Pick<Validated, 'named' | 'received'>,
  returnTo: string | null,
): Refusal {
  const isAddress = problem === 'return_address_unregistered' && returnTo !== null;
  const nearest = named && isAddress ? nearestAddress(returnTo, named.postLogoutRedirectUris ?? []) : null;
  return {
    event: 'logout.refused',
    clientId: named?.clientId ?? null,
    facts: {
      error: 'invalid_request',
      description: descriptions[problem],
      reason: problem,
      ...(!named && received && { client_received: plainText(receivedId(received), maxValueLength) }),
      ...(isAddress && { post_logout_redirect_uri: plainText(bareAddress(returnTo), maxValueLength) }),
      ...(nearest && { nearest_post_logout_redirect_uri: nearest }),
    },
  };
}
