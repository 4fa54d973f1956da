// Web Push (RFC 8030) as it is used here: the subscription of a device, and the message. The phone's browser
// chooses the push service, so its address is checked like any other that an outsider chose (security.md E5).
import { AppError } from '../../errors.ts';

/**
 * What a browser's PushManager returns. Whoever knows the endpoint can send messages, so it is stored sealed
 * and never shown.
 */
export type PushSubscription = {
  readonly endpoint: string;
  /** The browser's public key, 65 bytes, base64url (RFC 8291 §3.1). */
  readonly p256dh: string;
  /** The browser's secret, 16 bytes, base64url (RFC 8291 §3.2). */
  readonly auth: string;
};

/** `url` is a page of ours that opens on a tap. */
export type PushNotice = { readonly title: string; readonly body: string; readonly url: string };

export type PushErrorCode = 'push_endpoint_invalid';
export class PushError extends AppError<PushErrorCode> {}

/**
 * Checks an endpoint.
 * @param isInsideAllowed for development and intranets: also allows http and any port
 * @throws PushError `push_endpoint_invalid`
 */
export function checkEndpoint(endpoint: string, isInsideAllowed: boolean): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isSafe = url && (url.protocol === 'https:' || (isInsideAllowed && url.protocol === 'http:'));
  if (!isSafe || url.username || url.password || url.hash)
    throw new PushError('push_endpoint_invalid', 'A push endpoint is an https address.');
  return url;
}
