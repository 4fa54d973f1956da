// What we demand of the JWTs that a client signs, beyond the library: its assertions (RFC 7523 §3) and its
// request objects (RFC 9101 §4). Most rules are those of a profile (FAPI 2.0 Security Profile Final §5.3.2.1,
// §5.4.1; FAPI 2.0 Message Signing Final §5.3.1). The settings that a profile turns on are in
// core/client/security-profile.ts.
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { fapiSignatures } from '../core/client/security-profile.ts';
import { ownSettingsOf } from './client-settings.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * A clock of a client may be ahead by this much, in seconds. FAPI 2.0 demands that 10 are accepted and that
 * more than 60 are refused.
 */
const maxAheadSeconds = 15;
/** The longest life of an assertion or of a request object, in seconds. */
const maxLifeSeconds = 3600;
/**
 * The longest life of an assertion of any other client, in seconds (RFC 7523 §3, rule 4). Its id is
 * remembered for as long.
 */
const maxOtherLifeSeconds = 86_400;

/** Whether the client has one of the FAPI profiles. */
export const hasFapi = (client: Client | undefined): boolean => ownSettingsOf(client).profile !== 'none';

/** The profile in the words of the library; undefined for most clients. */
export const libraryProfileOf = (_ctx: unknown, client: Client | undefined): '2.0' | undefined =>
  hasFapi(client) ? '2.0' : undefined;

/** Judges assertions of clients. The library has verified the signature, `iss`, `exp` and one `aud`. */
export const createAssertionCheck =
  (clock: Clock) =>
  (ctx: KoaContextWithOIDC, claims: Claims, header: Claims, client: Client): void => {
    const refuse = (sentence: string) => new errors.InvalidClientAuth(`client assertion: ${sentence}`);
    // A request object passes through browsers, so it must never authenticate a client (RFC 9101 §10.8).
    if (isRequestType(header.typ)) throw refuse('it is a request object');
    if (Number(claims.exp) > clock() + maxOtherLifeSeconds + maxAheadSeconds)
      throw refuse(`exp is more than ${maxOtherLifeSeconds} seconds ahead`);
    if (!hasFapi(client)) return;
    if (claims.aud !== ctx.oidc.issuer) throw refuse('aud must be the issuer, as one string');
    const problem = algorithmProblem(header) ?? lifeProblem(claims, clock());
    if (problem !== null) throw refuse(problem);
  };

/** Judges request objects, signed or not yet verified. Our own pushed requests are not looked at again. */
export const createRequestObjectCheck =
  (clock: Clock) =>
  (ctx: KoaContextWithOIDC, claims: Claims, header: Claims, client: Client): void => {
    if (ctx.oidc.entities.PushedAuthorizationRequest) return;
    const refuse = (sentence: string) => new errors.InvalidRequestObject(`Request Object: ${sentence}`);
    // With the client as its subject it could be sent as a client assertion (RFC 9101 §10.8).
    if (claims.sub === client.clientId) throw refuse('sub must not be the client_id');
    // The address of a pushed request lives no longer than the request (RFC 9126 §2.2).
    const isPushed = ctx.oidc.route === 'pushed_authorization_request';
    if (isPushed && typeof claims.exp === 'number' && claims.exp <= clock()) throw refuse('exp has passed');
    if (!hasFapi(client)) return;
    const missing = ['nbf', 'exp'].find((name) => typeof claims[name] !== 'number');
    const problem = missing ? `${missing} is missing` : (algorithmProblem(header) ?? lifeProblem(claims, clock()));
    if (problem !== null) throw refuse(problem);
  };

/** Whether `typ` names a request object (RFC 9101 §4). `application/` may be left out (RFC 7515 §4.1.9). */
const isRequestType = (typ: unknown): boolean => /^(application\/)?oauth-authz-req\+jwt$/i.test(String(typ));

function algorithmProblem({ alg }: Claims): string | null {
  return fapiSignatures.includes(String(alg)) ? null : `alg must be one of ${fapiSignatures.join(', ')}`;
}

/** Limits of `iat`, `nbf` and `exp`. Absent members are no problem here. */
function lifeProblem({ iat, nbf, exp }: Claims, now: number): string | null {
  const isAhead = (time: unknown) => typeof time === 'number' && time > now + maxAheadSeconds;
  if (isAhead(iat)) return 'iat is in the future';
  if (isAhead(nbf)) return 'nbf is in the future';
  const begin = typeof nbf === 'number' ? nbf : now;
  if (begin < now - maxLifeSeconds) return `nbf is more than ${maxLifeSeconds} seconds ago`;
  if (typeof exp === 'number' && exp > begin + maxLifeSeconds + maxAheadSeconds)
    return `exp is more than ${maxLifeSeconds} seconds after nbf`;
  return null;
}
