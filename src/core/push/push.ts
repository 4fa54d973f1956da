// Web Push (RFC 8030) as far as it matters here: where a device is rung, and what is said there. A push service is chosen by the phone's
// browser, so its address is judged like any other that somebody else chose (security.md E5).
import { AppError } from '../../errors.ts';

/** What a browser's PushManager gives out. The endpoint works like a key: it is kept sealed and never shown. */
export type PushSubscription = {
  readonly endpoint: string;
  /** The browser's public key, 65 bytes, base64url (RFC 8291 §3.1). */
  readonly p256dh: string;
  /** Its secret, 16 bytes, base64url (RFC 8291 §3.2). */
  readonly auth: string;
};

/** `url`: of our own, opened by a tap. */
export type PushNotice = { readonly title: string; readonly body: string; readonly url: string };

export type PushErrorCode = 'push_endpoint_invalid';
export class PushError extends AppError<PushErrorCode> {}

/** @param isInsideAllowed development and intranets: also http, on a port of any kind. @throws PushError `push_endpoint_invalid` */
export function checkEndpoint(endpoint: string, isInsideAllowed: boolean): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isSafe = url && (url.protocol === 'https:' || (isInsideAllowed && url.protocol === 'http:'));
  if (!isSafe || url.username || url.password || url.hash)
    throw new PushError('push_endpoint_invalid', 'A push endpoint is an https address.');
  return url;
}
