// Signs the library's cookies: HMAC-SHA-256 by the first key, accepted by any (so that keys can be rotated). Takes the place of keygrip,
// which the library uses by default with SHA-1 and three HMACs a check; cookies are checked at nearly every request.
import { createHmac, createSecretKey } from 'node:crypto';
import { isSameSecret } from '../crypto.ts';

/** What koa's cookies ask of a signer. */
export type CookieSigner = {
  sign(data: string): string;
  /** Which key made the signature; -1 for none. */
  index(data: string, signature: string): number;
  verify(data: string, signature: string): boolean;
};

/** @param keys the newest first */
export function createCookieSigner(keys: readonly string[]): CookieSigner {
  const signers = keys
    .map((key) => createSecretKey(key, 'utf8'))
    .map((key) => (data: string) => createHmac('sha256', key).update(data).digest('base64url'));
  const index = (data: string, signature: string) => signers.findIndex((sign) => isSameSecret(signature, sign(data)));
  return {
    index,
    sign: (data) => signers[0]?.(data) ?? '',
    verify: (data, signature) => index(data, signature) >= 0,
  };
}
