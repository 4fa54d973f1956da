// The provider's signing keys: made at first start, private parts sealed in the store, the same on every node.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Clock } from '../clock.ts';
import type { Vault } from '../crypto.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

/** RS256 first: it signs for every client that says nothing (OIDC Core §15.1 makes it mandatory). */
const algorithms = ['RS256', 'ES256', 'EdDSA'] as const;

const contextOf = (kid: string) => `signing key ${kid}`;

/** @returns private JWKs, the first of an algorithm signs. @throws Error when they were sealed with another encryption key. */
export async function loadSigningKeys({
  keys,
  vault,
  clock,
}: {
  keys: KeyStore;
  vault: Vault;
  clock: Clock;
}): Promise<JWK[]> {
  const present = await keys.list();
  const stored =
    present.length > 0
      ? present
      : await keys.createIfEmpty(await Promise.all(algorithms.map((alg) => generate(alg, vault, clock))));
  return stored.map((key) => JSON.parse(vault.open(key.sealedJwk, contextOf(key.kid))) as JWK);
}

async function generate(alg: (typeof algorithms)[number], vault: Vault, clock: Clock): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(alg === 'RS256' && { modulusLength: 2048 }),
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    kid,
    alg,
    sealedJwk: vault.seal(JSON.stringify({ ...jwk, kid, alg, use: 'sig' }), contextOf(kid)),
    createdAt: clock(),
  };
}
