// Single claims that a request asks for by name: the `claims` parameter (OIDC Core §5.5). A claim that no
// requested scope brings is asked for, granted and kept like a scope named `claim:<name>`. The value of
// `acr` is left to acr.ts.
import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { claimsByScope, unfilled } from './claims.ts';

/** What a request says about one claim; null asks for it without more (OIDC Core §5.5.1). */
export type ClaimRequest = {
  readonly essential?: unknown;
  readonly value?: unknown;
  readonly values?: unknown;
} | null;

type Grant = InstanceType<Provider['Grant']>;
type Members = Readonly<Record<string, unknown>>;

/** Claims by which a request demands something of the sign-in. Their values are strings. */
const demanding = ['sub', 'acr'];

const { openid: _always, ...releasedByScope } = claimsByScope;
const scopeOfClaim = new Map(
  Object.entries(releasedByScope).flatMap(([scope, claims]) => claims.map((claim) => [claim, scope] as const)),
);

const prefix = 'claim:';
/** The name under which a claim stands in a list of scopes. No scope of this provider begins so. */
export const claimScope = (claim: string): string => `${prefix}${claim}`;
export const isClaimScope = (scope: string): boolean => scope.startsWith(prefix);

/** What the ID token is asked to say about a claim; undefined when it is not asked for. */
export const idTokenRequest = (claims: unknown, claim: string): ClaimRequest | undefined =>
  requestIn(membersOf(claims, 'id_token'), claim);

/** The strings that a request names for a claim, in its order of preference. */
export const valuesOf = ({ value, values }: NonNullable<ClaimRequest>): string[] =>
  [value, ...(Array.isArray(values) ? values : [])].filter((each) => typeof each === 'string');

/**
 * Refuses a demand that is malformed, or that no sign-in can meet. The library fails at some of them, and
 * asks for a sign-in again and again at others.
 * @throws errors.InvalidRequest
 */
export function assertClaims({ id_token: asked = {} }: { readonly id_token?: Members | undefined }): void {
  for (const claim of demanding) {
    const problem = Object.hasOwn(asked, claim) ? problemOf(asked[claim]) : null;
    if (problem !== null) throw new errors.InvalidRequest(`claims.id_token.${claim} must ${problem}`);
  }
}

/** What is wrong with the request for a demanding claim (OIDC Core §5.5.1), as it goes on after "must". */
function problemOf(asked: unknown): string | null {
  if (asked === null) return null;
  if (!isObject(asked)) return 'be null or an object';
  const { essential, value, values } = asked;
  if (essential !== undefined && typeof essential !== 'boolean') return 'have true or false for essential';
  if (value !== undefined && typeof value !== 'string') return 'have a string for value';
  if (values === undefined) return null;
  if (value !== undefined) return 'have value or values, and not both';
  const areStrings = Array.isArray(values) && values.length > 0 && values.every((each) => typeof each === 'string');
  return areStrings ? null : 'have a list of strings for values';
}

/**
 * The subject that a request names, as the client knows it; null when it names nobody, and empty when it
 * names different people. The library has verified the hint (OIDC Core §3.1.2.1, §5.5.1).
 */
export function subjectNamed({ id_token_hint: hint, claims }: Members): string | null {
  const ofHint = typeof hint === 'string' ? (decodeJwt(hint).sub ?? '') : null;
  const ofClaims = idTokenRequest(claims, 'sub')?.value;
  if (typeof ofClaims !== 'string') return ofHint;
  return ofHint === null || ofHint === ofClaims ? ofClaims : '';
}

/** Names of the claims of an account that a request asks for, each once. */
export function claimsNamed(claims: unknown): string[] {
  const members = [membersOf(claims, 'id_token'), membersOf(claims, 'userinfo')];
  const named = members.flatMap((asked) => Object.keys(asked).filter((name) => requestIn(asked, name) !== undefined));
  return [...new Set(named)].filter((name) => scopeOfClaim.has(name));
}

/** The claims, as scopes, that a person has to be asked for: none that a requested scope brings anyway. */
export const claimScopesOf = (claims: unknown, scopes: readonly string[]): string[] =>
  claimsNamed(claims)
    .filter((name) => !unfilled.has(name) && !scopes.includes(String(scopeOfClaim.get(name))))
    .map(claimScope);

/** The claims, as scopes, that a grant has beyond those that its scopes bring. */
export const claimScopesIn = (grant: Grant): string[] => {
  const scopes = grant.getOIDCScope().split(' ');
  return grant
    .getOIDCClaims()
    .filter((name) => !scopes.includes(String(scopeOfClaim.get(name))))
    .map(claimScope);
};

/**
 * Marks each named claim in the grant as granted or refused. The library asks again and again for a claim
 * that is neither.
 * @param granted scopes and claim scopes that the client has now
 */
export function settleClaims(grant: Grant, named: readonly string[], granted: readonly string[]): void {
  const isGranted = (name: string): boolean =>
    granted.includes(claimScope(name)) || granted.includes(String(scopeOfClaim.get(name)));
  // A claim that was refused by name before comes back with the scope that brings it.
  const refused = grant.rejected?.openid?.claims ?? [];
  const kept = refused.filter((name) => !isGranted(name));
  if (kept.length < refused.length && grant.rejected?.openid) grant.rejected.openid.claims = kept;
  const [given, denied] = [named.filter(isGranted), named.filter((name) => !isGranted(name))];
  if (given.length > 0) grant.addOIDCClaims(given);
  if (denied.length > 0) grant.rejectOIDCClaims(denied);
}

/** Scopes, and claims as scopes, that a grant has granted or refused already; none without a grant. */
export const encounteredIn = (grant: Grant | undefined): Set<string> =>
  new Set(
    grant && [...grant.getOIDCScopeEncountered().split(' '), ...grant.getOIDCClaimsEncountered().map(claimScope)],
  );

/** One member of the parameter. The library has refused whatever is not JSON of the right shape. */
function membersOf(claims: unknown, member: 'id_token' | 'userinfo'): Members {
  const found = typeof claims === 'string' ? JSON.parse(claims)[member] : undefined;
  return isObject(found) ? found : {};
}

/** undefined: not asked for. The library ignores what is neither null nor an object. */
function requestIn(asked: Members, claim: string): ClaimRequest | undefined {
  const found = Object.hasOwn(asked, claim) ? asked[claim] : undefined;
  return found === null || isObject(found) ? found : undefined;
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
