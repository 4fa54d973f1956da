// Finds the grant under which an authorization request runs, and makes or extends it where nobody has to be
// asked: for a first-party client, and for scopes that the account granted this client before. What is
// missing afterwards is asked for by the library's prompt `consent`.
import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client } from '../core/client/client.ts';
import {
  claimScope,
  claimScopesOf,
  claimsNamed,
  encounteredIn,
  isClaimScope,
  settleClaims,
} from './claims-parameter.ts';
import { type HeldConsents, isImitable } from './held-consents.ts';
import { isForOtherClient } from './policy.ts';

export type LoadGrantDeps = {
  readonly findClient: (id: string) => Promise<Client | null>;
  readonly heldConsents: HeldConsents;
};

type Oidc = KoaContextWithOIDC['oidc'];
/** The part of a session that decides about earlier consent. */
type SessionFacts = {
  readonly acr?: string | undefined;
  readonly authorizations?: Readonly<Record<string, { readonly sid?: string | undefined }>> | undefined;
};

/**
 * Whether this session may use what the account granted before. A browser that was signed in by phone gets no
 * more of a client than what was approved for it there; other clients get what they were granted before.
 */
export const mayUseHeldConsent = ({ acr, authorizations }: SessionFacts, clientId: string): boolean =>
  !/^urn:tessera:qr/.test(String(acr)) || !authorizations?.[clientId]?.sid;

/** @returns undefined where there is none, so that the library asks for everything */
export async function loadGrant({ req, oidc }: KoaContextWithOIDC, { findClient, heldConsents }: LoadGrantDeps) {
  const { provider, session, client, account, result } = oidc;
  if (!client || !account) return undefined;
  const grantId = result?.consent?.grantId ?? session?.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  const wanted = [...oidc.requestParamOIDCScopes];
  const named = claimsNamed(oidc.params?.claims);
  const known = encounteredIn(existing);
  const missing = [...wanted, ...claimScopesOf(oidc.params?.claims, wanted)].filter((scope) => !known.has(scope));
  const isComplete = missing.length === 0 && named.every((name) => known.has(claimScope(name)));
  // A grant marks the session as one of this client, so there must be none before the client may use the
  // session.
  if (isComplete || result?.consent || isForOtherClient(oidc)) return existing;
  const isGivenBefore = async (): Promise<boolean> => {
    const given = await givenBefore(req, oidc, { findClient, heldConsents });
    return given === 'all' || missing.every((scope) => given.includes(scope));
  };
  if (missing.length > 0 && !(await isGivenBefore())) return existing;
  const grant = existing ?? new provider.Grant({ accountId: account.accountId });
  // The library reads the grant's lifetime from its client (options.ts).
  grant.client = client;
  const added = missing.filter((scope) => !isClaimScope(scope));
  if (added.length > 0) grant.addOIDCScope(added.join(' '));
  // Claims that a granted scope brings are no news to anybody.
  const granted = [...grant.getOIDCScope().split(' '), ...grant.getOIDCClaims().map(claimScope)];
  settleClaims(grant, named, [...granted, ...missing]);
  await grant.save();
  if (missing.length === 0 || (await isGivenBefore())) return grant;
  // Read again, because whoever withdrew the consent meanwhile looked for grants before this one was saved.
  await grant.destroy();
  return undefined;
}

/** What the client may have without a question: `all` of the requested scopes, or these. */
async function givenBefore(
  req: IncomingMessage,
  { client, account, session, params, prompts }: Oidc,
  { findClient, heldConsents }: LoadGrantDeps,
): Promise<'all' | readonly string[]> {
  const ours = client && (await findClient(client.clientId));
  if (!ours || !account || !session) return [];
  const redirectUri = String(params?.redirect_uri);
  if (ours.firstParty && !isImitable(ours, redirectUri)) return 'all';
  if (prompts.has('consent') || !mayUseHeldConsent(session, ours.id)) return [];
  return heldConsents.scopesOf({ req, client: ours, redirectUri, accountId: account.accountId });
}
