// Makes, seals and opens one signing key. Which keys exist and when they sign is left to signing-keys.ts.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Vault } from '../../crypto.ts';
import { AppError } from '../../errors.ts';
import type { SigningAlgorithm } from './key-schedule.ts';
import type { StoredKey } from './key-store.ts';

const contextOf = (kid: string) => `signing key ${kid}`;

/** Makes a key whose private part is sealed. Its `kid` is the JWK thumbprint (RFC 7638). */
export async function generateSigningKey(
  { alg, createdAt, signsFrom }: { alg: SigningAlgorithm; createdAt: number; signsFrom: number },
  vault: Vault,
): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(alg === 'RS256' && { modulusLength: 2048 }),
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const sealedJwk = vault.seal(JSON.stringify({ ...jwk, kid, alg, use: 'sig' }), contextOf(kid));
  return { kid, alg, sealedJwk, createdAt, signsFrom };
}

/**
 * Returns the private JWK.
 * @throws AppError `encryption_key_wrong` when it was sealed with another encryption key
 */
export function openSigningKey({ kid, sealedJwk }: StoredKey, vault: Vault): JWK {
  try {
    return JSON.parse(vault.open(sealedJwk, contextOf(kid))) as JWK;
  } catch (cause) {
    throw new AppError(
      'encryption_key_wrong',
      'The signing keys in the store were sealed with another encryption key.',
      {
        cause,
      },
    );
  }
}
