// The device key (protocol.md 1): ECDSA P-256, made here, kept by the browser and not extractable even by this script. It signs a DPoP
// proof (RFC 9449) for each request that decides something, so that a copied cookie alone decides nothing.
import { serverNow } from './server-clock.ts';

const database = 'tessera';
const keys = 'keys';
const name = 'device';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

let current: Promise<CryptoKeyPair> | null = null;

/** @throws where the browser keeps no keys, as some private windows do. */
export function getOrCreateKey(): Promise<CryptoKeyPair> {
  current ??= loadOrCreate();
  return current;
}

async function loadOrCreate(): Promise<CryptoKeyPair> {
  const db = await openDatabase();
  const read = () => settle<CryptoKeyPair | undefined>(db.transaction(keys).objectStore(keys).get(name));
  const found = await read();
  if (found) return found;
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  try {
    await settle(db.transaction(keys, 'readwrite').objectStore(keys).add(made, name));
    return made;
  } catch (error) {
    // Another tab was faster: one device has one key.
    const other = await read();
    if (other) return other;
    throw error;
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(keys);
  return settle(opening);
}

const settle = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** The members RFC 7638 takes a thumbprint of, and no others. */
export async function publicJwk(): Promise<JsonWebKey> {
  const { publicKey } = await getOrCreateKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty, crv, x, y } as JsonWebKey;
}

/** A DPoP proof JWT for one request. `url` without query and fragment; `accessTokenHash`: base64url SHA-256 of the token it goes with. */
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
