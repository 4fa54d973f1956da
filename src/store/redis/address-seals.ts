// Network addresses in audit and approval records, for as long as they may be kept. Entries of a stream cannot be changed, so an address is
// never written in clear: it is sealed by a key of its hour that Redis itself drops in time, and nothing opens it then (AES-256-GCM).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

const hourSeconds = 3600;
const cipher = 'aes-256-gcm';
/** No address begins with it. */
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
  /** The hour being written; others are asked for. */
  let current: { hour: number; key: Promise<Buffer> } | null = null;
  const isOver = (at: number): boolean => at <= clock() - keptSeconds;

  /** The key of an hour, made by whoever comes first of all nodes. */
  async function makeKey(hour: number): Promise<Buffer> {
    const fresh = randomBytes(32).toString('base64url');
    const name = keys.addressKey(hour);
    // Whoever wrote a record in the last second of the hour may rely on it for as long as anybody.
    const endsAt = (hour + 1) * hourSeconds + keptSeconds;
    await connection.run((redis) => redis.set(name, fresh, 'EX', Math.max(1, endsAt - clock()), 'NX'));
    return Buffer.from((await connection.run((redis) => redis.get(name))) ?? fresh, 'base64url');
  }

  function keyFor(hour: number): Promise<Buffer> {
    if (current?.hour === hour) return current.key;
    const key = makeKey(hour);
    current = { hour, key };
    // What failed is tried anew by the next.
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
    /** @param at the record's instant, epoch seconds. Null for what would be over at once. @throws StoreUnavailableError */
    async seal(address: string | null, at: number): Promise<string | null> {
      if (address === null || isOver(at)) return null;
      const hour = Math.floor(at / hourSeconds);
      return `${mark}${hour}.${encrypt(address, await keyFor(hour))}`;
    },

    /** Sealed addresses in clear, in the same order; null for what is over. @throws StoreUnavailableError */
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

function parse(text: string): { hour: number; body: string } | null {
  const [, hour, body] = /^~(\d{1,12})\.([\w-]+)$/.exec(text) ?? [];
  return hour === undefined || body === undefined ? null : { hour: Number(hour), body };
}

function encrypt(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipherer = createCipheriv(cipher, key, nonce);
  const body = Buffer.concat([cipherer.update(text, 'utf8'), cipherer.final()]);
  return Buffer.concat([nonce, cipherer.getAuthTag(), body]).toString('base64url');
}

/** Null for what another key sealed. */
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
