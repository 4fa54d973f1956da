// Identifies this provider to push services (RFC 8292) by one key pair, which is made at the first start and
// stored sealed. Browsers bind their subscriptions to it, so it never changes.
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Clock } from '../../clock.ts';
import type { Vault } from '../../crypto.ts';
import type { PushKeyStore } from './push-key-store.ts';

/** Lifetime of a token; RFC 8292 §2 allows a day at most. */
const tokenSeconds = 12 * 3600;
const context = 'push keys';

export function createVapid(deps: { store: PushKeyStore; vault: Vault; clock: Clock; issuer: string }) {
  const { store, vault, clock, issuer } = deps;
  let loaded: Promise<JWK> | null = null;

  async function load(): Promise<JWK> {
    const sealed = (await store.find()) ?? (await store.keep(vault.seal(await newKey(), context)));
    return JSON.parse(vault.open(sealed, context)) as JWK;
  }

  /** Loads the key once. A failure is not cached, so the next call tries again. */
  function key(): Promise<JWK> {
    loaded ??= load().catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return loaded;
  }

  return {
    /** The public key for PushManager: the uncompressed point, base64url. */
    publicKey: async (): Promise<string> => pointOf(await key()),

    /**
     * Returns the Authorization header for messages to one push service (RFC 8292 §3).
     * @param origin of the endpoint
     */
    async authorization(origin: string): Promise<string> {
      const jwk = await key();
      const token = await new SignJWT({ aud: origin, sub: issuer, exp: clock() + tokenSeconds })
        .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
        .sign(await importJWK(jwk, 'ES256'));
      return `vapid t=${token}, k=${pointOf(jwk)}`;
    },
  };
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}

const pointOf = ({ x = '', y = '' }: JWK): string =>
  Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url');
