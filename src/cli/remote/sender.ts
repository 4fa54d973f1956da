// Sends requests to a provider with a DPoP proof by the session's key (RFC 9449), so that a token that is
// copied without the key is rejected. jose and fetch are enough for four kinds of request; openid-client
// would add 0.6 MB for them.
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import { RemoteError, unexpected } from './remote-error.ts';

/** A request. The body is sent as it is. */
export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | URLSearchParams;
  /** Sent in the Authorization header. The proof contains its digest (`ath`). */
  readonly accessToken?: string;
  readonly signal?: AbortSignal | undefined;
};
/** An answer with its whole body. */
export type Incoming = { readonly status: number; readonly headers: Headers; readonly text: string };

/** Sends one request. @throws RemoteError `provider_unreachable`, `provider_unexpected` */
export type Send = (request: Outgoing) => Promise<Incoming>;

/** A provider that does not answer within this time counts as unreachable. */
const answerMs = 20_000;

/** @param privateKey a P-256 key as JWK. Every request carries a fresh proof by it. */
export async function createSender({ privateKey, clock }: { privateKey: JWK; clock: Clock }): Promise<Send> {
  const key = (await importJWK(privateKey, 'ES256')) as CryptoKey;
  const { kty, crv, x, y } = privateKey;
  const publicKey = { kty, crv, x, y } as JWK;
  /** The last nonce of each origin (RFC 9449 §8.2). */
  const nonces = new Map<string, string>();
  /** How far the clock of each origin is ahead of ours, in seconds. Known after a refusal because of it. */
  const aheads = new Map<string, number>();

  /** RFC 9449 §4.2. `htu` has no query and no fragment. */
  async function proofFor({ method, url, accessToken }: Outgoing): Promise<string> {
    const { origin, pathname } = new URL(url);
    const nonce = nonces.get(origin);
    const claims = {
      htm: method,
      htu: `${origin}${pathname}`,
      jti: crypto.randomUUID(),
      iat: clock() + (aheads.get(origin) ?? 0),
      ...(nonce !== undefined && { nonce }),
      ...(accessToken !== undefined && { ath: digest(accessToken) }),
    };
    return new SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey }).sign(key);
  }

  async function sendOnce(request: Outgoing): Promise<Incoming> {
    const { method, url, headers, body, accessToken, signal } = request;
    const answer = await reach(url, {
      method,
      headers: {
        accept: 'application/json',
        ...headers,
        DPoP: await proofFor(request),
        ...(accessToken !== undefined && { authorization: `DPoP ${accessToken}` }),
      },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    const nonce = answer.headers.get('dpop-nonce');
    if (nonce) nonces.set(new URL(url).origin, nonce);
    return answer;
  }

  return async (request) => {
    const { origin } = new URL(request.url);
    const known = nonces.get(origin);
    const answer = await sendOnce(request);
    // RFC 9449 §8, §9: a provider that asks for a nonce gets the same request again, once, with the nonce.
    if (wantsNonce(answer) && answer.headers.get('dpop-nonce') !== known) return sendOnce(request);
    const serverTime = serverTimeIn(answer);
    if (serverTime === null) return answer;
    aheads.set(origin, serverTime - clock());
    return sendOnce(request);
  };
}

/** The provider's time in a refusal because of the clock (protocol.md 8); null in any other answer. */
function serverTimeIn(answer: Incoming): number | null {
  if (answer.status !== 401) return null;
  const { code, server_time: serverTime } = jsonOf(answer);
  return code === 'device_clock_wrong' && typeof serverTime === 'number' ? serverTime : null;
}

/** The token endpoint asks in the body (§8), a resource in WWW-Authenticate (§9). */
function wantsNonce({ status, headers, text }: Incoming): boolean {
  const errorText = `${headers.get('www-authenticate') ?? ''} ${status === 400 ? text : ''}`;
  return (status === 400 || status === 401) && headers.has('dpop-nonce') && errorText.includes('use_dpop_nonce');
}

/**
 * Fetches without following redirects, so that no token reaches another address.
 * @throws RemoteError `provider_unreachable`, `provider_unexpected`; AbortError when the caller's signal
 * fires
 */
export async function reach(url: string, { signal, ...init }: RequestInit): Promise<Incoming> {
  const deadline = AbortSignal.timeout(answerMs);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    if (response.status >= 300 && response.status < 400) throw unexpected(`${url} answers from elsewhere.`);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    if (signal?.aborted || cause instanceof RemoteError) throw cause;
    throw new RemoteError('provider_unreachable', `${new URL(url).origin} cannot be reached${whyOf(cause)}.`, {
      cause,
    });
  }
}

/** The system's code, such as ECONNREFUSED. Fetch hides it in the cause of its error. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'TimeoutError') return `: no answer in ${answerMs / 1000} seconds`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

/** The body as a JSON object, or an empty object. The caller checks each member. */
export function jsonOf({ text }: Incoming): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
