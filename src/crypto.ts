// The cryptographic operations that several concepts share. A value that works as a credential is stored as
// a digest, or sealed when its clear text is needed again (security.md H1).
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** SHA-256 of a high-entropy secret, base64url (43 characters). Not for passwords or short codes. */
export const digest = (secret: string): string => hash('sha256', secret, 'base64url');

/** A fresh random secret of `bits` bits, base64url. */
export const randomSecret = (bits: number): string => randomBytes(bits / 8).toString('base64url');

/** Compares two strings. The time depends on their lengths only, not on where they differ. */
export function isSameSecret(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Keyed operations. Every key is derived from the one encryption key, each for one purpose. */
export type Vault = {
  /**
   * Encrypts with AES-256-GCM and a fresh nonce; base64url. `context` names the record and must be the same
   * when opening, so that a sealed value cannot be moved to another record.
   */
  seal(text: string, context: string): string;
  /**
   * Opens what `seal` returned.
   * @throws Error when it was altered, has another context, or another key sealed it
   */
  open(sealed: string, context: string): string;
  /** HMAC-SHA-256, base64url. For looking up values that are too short for a plain digest. */
  mac(text: string, purpose: string): string;
  /** Derives 32 bytes for one purpose (HKDF-SHA-256, RFC 5869). */
  deriveKey(purpose: string): Buffer;
  /**
   * The same key as a KeyObject, cached: Node uses one several times faster than bytes that it must wrap
   * each time.
   */
  deriveKeyObject(purpose: string): KeyObject;
};

/** Lengths for AES-GCM (NIST SP 800-38D §5.2.1.1). A sealed value is nonce, tag and cipher text. */
const ivBytes = 12;
const tagBytes = 16;

/** @param encryptionKey at least 32 bytes of entropy. Without it, sealed records cannot be read any more. */
export function createVault(encryptionKey: Buffer): Vault {
  const derived = new Map<string, KeyObject>();
  const deriveKey = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', encryptionKey, '', `tessera ${purpose}`, 32));
  const deriveKeyObject = (purpose: string): KeyObject => {
    let key = derived.get(purpose);
    if (!key) {
      key = createSecretKey(deriveKey(purpose));
      derived.set(purpose, key);
    }
    return key;
  };
  return {
    deriveKey,
    deriveKeyObject,
    mac: (text, purpose) => createHmac('sha256', deriveKeyObject(purpose)).update(text).digest('base64url'),
    seal(text, context) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', deriveKeyObject('seal'), iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', deriveKeyObject('seal'), bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}
