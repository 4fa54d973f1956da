// The device key (protocol.md 1): an ECDSA P-256 key pair in IndexedDB. The private key is not extractable,
// not even by this script. It signs a DPoP proof (RFC 9449) for each request that changes something, so
// a stolen cookie alone can approve nothing.
import { serverNow } from './server-clock.ts';

const database = 'tessera';
const storeName = 'keys';
const keyName = 'device';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

let current: Promise<CryptoKeyPair> | null = null;

/**
 * Returns the key pair of this browser and creates it on first use. All tabs get the same pair.
 *
 * @throws DOMException when the browser stores no keys, as in some private windows
 */
export function getOrCreateKey(): Promise<CryptoKeyPair> {
  current ??= loadOrCreate();
  return current;
}

async function loadOrCreate(): Promise<CryptoKeyPair> {
  const db = await openDatabase();
  const read = () => settle<CryptoKeyPair | undefined>(db.transaction(storeName).objectStore(storeName).get(keyName));
  const found = await read();
  if (found) return found;
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  try {
    await settle(db.transaction(storeName, 'readwrite').objectStore(storeName).add(made, keyName));
    return made;
  } catch (error) {
    // `add` fails when another tab has stored a key in the meantime. That key is used: a device has one key.
    const other = await read();
    if (other) return other;
    throw error;
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(storeName);
  return settle(opening);
}

/** Converts an IndexedDB request into a promise. */
const settle = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Returns the public key as a JWK. It contains only the members that the thumbprint covers (RFC 7638 §3.2).
 *
 * @throws as `getOrCreateKey`
 */
export async function publicJwk(): Promise<JsonWebKey> {
  const { publicKey } = await getOrCreateKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty, crv, x, y } as JsonWebKey;
}

/**
 * Creates the DPoP proof JWT of one request (RFC 9449 §4.2). A proof is single-use: its `jti` is random.
 *
 * @param about.url without query and fragment
 * @param about.accessTokenHash base64url SHA-256 of the access token that the request carries
 * @throws as `getOrCreateKey`
 */
export async function signProof(about: { method: string; url: string; accessTokenHash?: string }): Promise<string> {
  const { privateKey } = await getOrCreateKey();
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: await publicJwk() };
  const payload = {
    htm: about.method,
    htu: about.url,
    jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
    iat: Math.floor(serverNow()),
    ...(about.accessTokenHash && { ath: about.accessTokenHash }),
  };
  const signed = `${encode(header)}.${encode(payload)}`;
  const sign = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(sign, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

const encode = (value: object): string => base64url(new TextEncoder().encode(JSON.stringify(value)));
const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
