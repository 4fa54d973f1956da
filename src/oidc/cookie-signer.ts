// Signs the library's cookies with HMAC-SHA-256 by the first key and accepts any key, so that keys can be
// rotated. It replaces keygrip, the library's default, which uses SHA-1 and three HMACs per check; nearly
// every request checks cookies.
import { createHmac, createSecretKey } from 'node:crypto';
import { isSameSecret } from '../crypto.ts';

/** The interface that koa's cookies expect of a signer. */
export type CookieSigner = {
  sign(data: string): string;
  /** Index of the key that made the signature; -1 when no key did. */
  index(data: string, signature: string): number;
  verify(data: string, signature: string): boolean;
};

/** @param keys the newest key first */
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
