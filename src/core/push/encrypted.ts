// Encrypts the body of a push message to the browser's key, so that the push service cannot read it (RFC
// 8291, based on RFC 8188).
import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import type { PushSubscription } from './push.ts';

/** Push services accept bodies of 4096 bytes (RFC 8030 §7.2). Our messages fit into one record. */
const recordSize = 4096;
const tagBytes = 16;

/** New for every message. Tests pass the values of RFC 8291 appendix A. */
export type Ephemeral = { readonly privateKey: Buffer; readonly salt: Buffer };

/** @throws Error when the subscription's key is not a point on the curve */
export function encryptFor(
  { p256dh, auth }: Pick<PushSubscription, 'p256dh' | 'auth'>,
  text: string,
  ephemeral?: Ephemeral,
): Buffer {
  const ecdh = createECDH('prime256v1');
  if (ephemeral) ecdh.setPrivateKey(ephemeral.privateKey);
  else ecdh.generateKeys();
  const salt = ephemeral?.salt ?? randomBytes(16);
  const [receiver, sender] = [Buffer.from(p256dh, 'base64url'), ecdh.getPublicKey()];
  // RFC 8291 §3.3 and §3.4: the key is derived from both public keys and the browser's secret.
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender]);
  const secret = derive(ecdh.computeSecret(receiver), Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce, { authTagLength: tagBytes });
  // RFC 8188 §2: the last record ends with the byte 2.
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.update(Buffer.of(2)), cipher.final()]);
  return Buffer.concat([headerOf(salt, sender), body, cipher.getAuthTag()]);
}

const derive = (key: Buffer, salt: Buffer, info: string | Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, bytes));

/** RFC 8188 §2.1, with the sender's public key as key id (RFC 8291 §4). */
function headerOf(salt: Buffer, sender: Buffer): Buffer {
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(recordSize);
  sizes.writeUInt8(sender.length, 4);
  return Buffer.concat([salt, sizes, sender]);
}
