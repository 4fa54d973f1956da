// The device authorization grant from the client's side (RFC 8628): requests codes, then polls the token
// endpoint until somebody has decided on their phone. Showing the codes is left to login-screen.ts.
import type { Clock } from '../../clock.ts';
import { RemoteError, unexpected } from './remote-error.ts';
import { type Incoming, jsonOf, type Send } from './sender.ts';
import { readTokens, type Tokens } from './tokens.ts';

/** The grant type of RFC 8628 §3.4. */
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** The answer of the device authorization endpoint (RFC 8628 §3.2). */
export type Codes = {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /**
   * Contains the user code, so that a QR code can carry it. Without one from the provider:
   * `verificationUri`.
   */
  readonly verificationUriComplete: string;
  readonly expiresInSeconds: number;
  /** The shortest time between two polls. */
  readonly intervalSeconds: number;
};

/** The interval grows up to this when the provider cannot be reached, unless the provider asked for more. */
const maxWaitSeconds = 60;

type Asked = { readonly clientId: string; readonly scope: string; readonly resource: string };
/** `name` is what the phone shows of this machine. It travels as the User-Agent. */
type Asking = Asked & { readonly name: string };

/**
 * Requests codes (RFC 8628 §3.1).
 * @throws RemoteError `login_refused` with the provider's reason, `provider_unexpected` for an unusable
 * answer
 */
export async function requestCodes(send: Send, endpoint: string, asked: Asking, signal?: AbortSignal): Promise<Codes> {
  const body = new URLSearchParams({ client_id: asked.clientId, scope: asked.scope, resource: asked.resource });
  const headers = { 'user-agent': asked.name.replace(/[^\w .-]/g, '-') };
  const answer = await send({ method: 'POST', url: endpoint, headers, body, signal });
  const found = jsonOf(answer);
  if (answer.status !== 200) throw refused(answer);
  const uri = webAddress(found.verification_uri);
  return {
    deviceCode: text(found.device_code),
    userCode: text(found.user_code),
    verificationUri: uri,
    verificationUriComplete:
      found.verification_uri_complete === undefined ? uri : webAddress(found.verification_uri_complete),
    expiresInSeconds: seconds(found.expires_in, 300),
    // RFC 8628 §3.2: five seconds when the answer names no interval.
    intervalSeconds: seconds(found.interval, 5),
  };
}

/** What polling needs. Tests pass a `sleep` that does not wait. */
export type PollDeps = {
  readonly send: Send;
  readonly endpoint: string;
  readonly clock: Clock;
  /** @throws AbortError when `signal` fires */
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
};

/**
 * Polls until the phone has decided or the codes have expired (RFC 8628 §3.4, §3.5).
 * @throws RemoteError `login_denied`, `login_expired`, `login_refused`; AbortError when the signal fires
 */
export async function pollForTokens(deps: PollDeps, codes: Codes, { clientId, resource }: Asked): Promise<Tokens> {
  const { send, endpoint, clock, sleep, signal } = deps;
  const deadline = clock() + codes.expiresInSeconds;
  const body = () =>
    new URLSearchParams({ grant_type: deviceGrant, device_code: codes.deviceCode, client_id: clientId, resource });
  for (let interval = codes.intervalSeconds; ; ) {
    await sleep(interval, signal);
    if (clock() >= deadline) throw expired();
    const answer = await send({ method: 'POST', url: endpoint, body: body(), signal }).catch(unlessUnreachable);
    if (answer?.status === 200) return readTokens(answer, clock());
    interval = nextInterval(interval, answer);
  }
}

/** @returns the seconds until the next poll. @throws RemoteError when another poll cannot succeed */
function nextInterval(interval: number, answer: Incoming | null): number {
  // RFC 8628 §3.5: after a timeout the interval doubles. A provider that is busy gets the same respect.
  if (answer === null || answer.status >= 500 || answer.status === 429)
    return Math.max(interval, Math.min(interval * 2, maxWaitSeconds));
  switch (jsonOf(answer).error) {
    case 'authorization_pending':
      return interval;
    case 'slow_down':
      return interval + 5;
    case 'access_denied':
      throw new RemoteError('login_denied', 'The sign-in was refused on the phone. Nothing was kept.');
    case 'expired_token':
      throw expired();
    default:
      throw refused(answer);
  }
}

/** A provider that cannot be reached for a moment does not end the sign-in. */
function unlessUnreachable(error: unknown): null {
  if (error instanceof RemoteError && error.code === 'provider_unreachable') return null;
  throw error;
}

/** The provider's own reason (RFC 6749 §5.2). */
export function refused(answer: Incoming): RemoteError {
  const { error, error_description: description } = jsonOf(answer);
  const reason = [error, description].filter((each) => typeof each === 'string').join(': ');
  return new RemoteError('login_refused', `The provider refuses: ${reason || `it answers ${answer.status}`}.`);
}

const expired = () => new RemoteError('login_expired', 'Nobody approved in time. Start again for a new code.');

/** @throws RemoteError `provider_unexpected` when the code is absent */
function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw unexpected('The provider’s answer lacks a code.');
  return value;
}

/** A duration of the answer, or `otherwise` when it is absent. @throws RemoteError `provider_unexpected` */
function seconds(value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== 'number' || !(value > 0)) throw unexpected('The provider’s answer has no usable times.');
  return value;
}

/** Only http and https, since people open it. @throws RemoteError `provider_unexpected` */
function webAddress(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw unexpected('The provider’s answer lacks a link.');
  return url.href;
}
