// Network addresses in audit and approval records, which must be gone when their retention ends (`privacy`
// in the configuration). Entries of a stream cannot be changed later. Therefore an address is never written
// in clear: it is sealed (AES-256-GCM) with a key per hour that Redis expires in time. Then nothing opens
// it any more.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

const hourSeconds = 3600;
const cipher = 'aes-256-gcm';
/** Marks a sealed address. No network address begins with it. */
const mark = '~';

export type AddressSeals = ReturnType<typeof createAddressSeals>;

export function createAddressSeals({
  connection,
  keys,
  clock,
  keptSeconds,
}: {
  connection: Connection;
  keys: Keys;
  clock: Clock;
  keptSeconds: number;
}) {
  /** The key of the hour that is being written. Keys of other hours are read from Redis. */
  let current: { hour: number; key: Promise<Buffer> } | null = null;
  const isOver = (at: number): boolean => at <= clock() - keptSeconds;

  /** Returns the key of an hour. The first of all nodes makes it; SET NX lets the others read that one. */
  async function makeKey(hour: number): Promise<Buffer> {
    const fresh = randomBytes(32).toString('base64url');
    const name = keys.addressKey(hour);
    // The key lives until the retention of a record from the last second of the hour is over.
    const endsAt = (hour + 1) * hourSeconds + keptSeconds;
    await connection.run((redis) => redis.set(name, fresh, 'EX', Math.max(1, endsAt - clock()), 'NX'));
    return Buffer.from((await connection.run((redis) => redis.get(name))) ?? fresh, 'base64url');
  }

  function keyFor(hour: number): Promise<Buffer> {
    if (current?.hour === hour) return current.key;
    const key = makeKey(hour);
    current = { hour, key };
    // A failed attempt is forgotten, so that the next caller tries again.
    key.catch(() => {
      if (current?.key === key) current = null;
    });
    return key;
  }

  async function findKeys(hours: ReadonlySet<number>): Promise<Map<number, Buffer>> {
    const found = await Promise.all(
      [...hours].map(async (hour) => {
        const text = await connection.run((redis) => redis.get(keys.addressKey(hour)));
        return text === null ? [] : [[hour, Buffer.from(text, 'base64url')] as const];
      }),
    );
    return new Map(found.flat());
  }

  return {
    /**
     * Seals an address. `at`: epoch seconds of the record. Returns null when its retention is over already.
     */
    async seal(address: string | null, at: number): Promise<string | null> {
      if (address === null || isOver(at)) return null;
      const hour = Math.floor(at / hourSeconds);
      return `${mark}${hour}.${encrypt(address, await keyFor(hour))}`;
    },

    /**
     * Opens sealed addresses, in the same order. Null where the retention is over.
     * @throws StoreUnavailableError
     */
    async open(sealed: readonly { readonly text: string | null; readonly at: number }[]): Promise<(string | null)[]> {
      const parts = sealed.map(({ text, at }) => (text === null || isOver(at) ? null : parse(text)));
      const found = await findKeys(new Set(parts.flatMap((part) => (part ? [part.hour] : []))));
      return parts.map((part) => {
        const key = part && found.get(part.hour);
        return part && key ? decrypt(part.body, key) : null;
      });
    },
  };
}

/** Splits `~<hour>.<sealed>`; null for anything else. */
function parse(text: string): { hour: number; body: string } | null {
  const [, hour, body] = /^~(\d{1,12})\.([\w-]+)$/.exec(text) ?? [];
  return hour === undefined || body === undefined ? null : { hour: Number(hour), body };
}

/** Returns nonce, tag and cipher text, base64url. */
function encrypt(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipherer = createCipheriv(cipher, key, nonce);
  const body = Buffer.concat([cipherer.update(text, 'utf8'), cipherer.final()]);
  return Buffer.concat([nonce, cipherer.getAuthTag(), body]).toString('base64url');
}

/** Returns null when another key sealed the text. */
function decrypt(sealed: string, key: Buffer): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipherer = createDecipheriv(cipher, key, bytes.subarray(0, 12));
    decipherer.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipherer.update(bytes.subarray(28)), decipherer.final()]).toString('utf8');
  } catch {
    return null;
  }
}
