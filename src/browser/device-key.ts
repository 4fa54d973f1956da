// The device key (protocol.md 1): an ECDSA P-256 key pair in IndexedDB. The private key is not extractable,
// not even by this script. It signs a DPoP proof (RFC 9449) for each request that changes something, so
// a stolen cookie alone can approve nothing.
import { pause } from './handlers.ts';
import { serverNow } from './server-clock.ts';

const database = 'tessera';
const storeName = 'keys';
const keyName = 'device';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/**
 * IndexedDB sometimes hangs or fails once, for example in Safari after a long sleep, so it is tried twice.
 * Each attempt ends after this time.
 */
const attempts = 2;
const patienceMs = 2000;

/**
 * This browser keeps no keys: IndexedDB or WebCrypto is missing, refused, fails or hangs, or it stores no
 * CryptoKey (`DataCloneError`). Recognised by its name (`nameOf` in dom.ts).
 */
export class NoKeyError extends Error {
  override readonly name = 'NoKeyError';

  constructor(cause: unknown) {
    super('this browser keeps no keys', { cause });
  }
}

let current: Promise<CryptoKeyPair> | null = null;

/**
 * Returns the key pair of this browser and creates it on first use. All tabs get the same pair. A failure is
 * not remembered, so a later call may succeed.
 *
 * @throws NoKeyError
 */
export function getOrCreateKey(): Promise<CryptoKeyPair> {
  current ??= tryRepeatedly().catch((cause: unknown) => {
    current = null;
    throw new NoKeyError(cause);
  });
  return current;
}

/** Whether this browser keeps the key. A browser that does not may sign in, but cannot approve. */
export const canKeepKey = (): Promise<boolean> =>
  getOrCreateKey().then(
    () => true,
    () => false,
  );

/**
 * Asks the browser not to delete the key when storage runs short (Storage Standard §5.2). Browsers may refuse
 * or ask the person, so nothing waits for the answer.
 */
export function askToKeepKey(): void {
  void navigator.storage?.persist?.().catch(() => false);
}

async function tryRepeatedly(): Promise<CryptoKeyPair> {
  let problem: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      return await Promise.race([loadOrCreate(), fail(patienceMs)]);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

async function fail(afterMs: number): Promise<never> {
  await pause(afterMs);
  throw new Error('IndexedDB does not answer');
}

async function loadOrCreate(): Promise<CryptoKeyPair> {
  const db = await openDatabase();
  try {
    return (await readKey(db)) ?? (await storeKey(db));
  } finally {
    // An open connection would block whoever deletes the database.
    db.close();
  }
}

const readKey = (db: IDBDatabase): Promise<CryptoKeyPair | undefined> =>
  settle<CryptoKeyPair | undefined>(db.transaction(storeName).objectStore(storeName).get(keyName));

async function storeKey(db: IDBDatabase): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  try {
    const transaction = db.transaction(storeName, 'readwrite');
    const isStored = completionOf(transaction);
    transaction.objectStore(storeName).add(made, keyName);
    await isStored;
    return made;
  } catch (error) {
    // `add` fails when another tab has stored a key in the meantime. That key is used: a device has one key.
    const other = await readKey(db);
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

/** Resolves when everything in a transaction is stored. A full disk aborts it after `add` has succeeded. */
const completionOf = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

/**
 * Returns the public key as a JWK. It contains only the members that the thumbprint covers (RFC 7638 §3.2).
 *
 * @throws NoKeyError
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
 * @throws NoKeyError
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
