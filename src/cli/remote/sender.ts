// Requests to a provider with a DPoP proof by the session's own key (RFC 9449): a token that is copied without that key is worth nothing.
// jose and fetch suffice for four kinds of request; openid-client would bring its own 0.6 MB for them.
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import { RemoteError, unexpected } from './remote-error.ts';

export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | URLSearchParams;
  /** Goes along, named by the proof. */
  readonly accessToken?: string;
  readonly signal?: AbortSignal | undefined;
};
export type Incoming = { readonly status: number; readonly headers: Headers; readonly text: string };

/** @throws RemoteError `provider_unreachable`, `provider_unexpected` */
export type Send = (request: Outgoing) => Promise<Incoming>;

const answerMs = 20_000;

/** @param privateKey of P-256, as a JWK */
export async function createSender({ privateKey, clock }: { privateKey: JWK; clock: Clock }): Promise<Send> {
  const key = (await importJWK(privateKey, 'ES256')) as CryptoKey;
  const { kty, crv, x, y } = privateKey;
  const publicKey = { kty, crv, x, y } as JWK;
  /** The last that each server handed out (RFC 9449 §8.2). */
  const nonces = new Map<string, string>();

  async function proofFor({ method, url, accessToken }: Outgoing): Promise<string> {
    const { origin, pathname } = new URL(url);
    const nonce = nonces.get(origin);
    const claims = {
      htm: method,
      htu: `${origin}${pathname}`,
      jti: crypto.randomUUID(),
      iat: clock(),
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
    const known = nonces.get(new URL(request.url).origin);
    const answer = await sendOnce(request);
    // RFC 9449 §8, §9: asked for a nonce, the same request goes again with it, once.
    return wantsNonce(answer) && answer.headers.get('dpop-nonce') !== known ? sendOnce(request) : answer;
  };
}

function wantsNonce({ status, headers, text }: Incoming): boolean {
  const said = `${headers.get('www-authenticate') ?? ''} ${status === 400 ? text : ''}`;
  return (status === 400 || status === 401) && headers.has('dpop-nonce') && said.includes('use_dpop_nonce');
}

/** Follows no redirect: a token goes where it was meant to. @throws RemoteError; AbortError by the caller's own signal */
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

/** As this machine names it: ECONNREFUSED, ENOTFOUND, a certificate that is not trusted; of fetch's own error only the cause says it. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'TimeoutError') return `: no answer in ${answerMs / 1000} seconds`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

/** An object, whatever was sent: what is missing in it is the reader's to judge. */
export function jsonOf({ text }: Incoming): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
