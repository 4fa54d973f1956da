// Password hashing: argon2id with at least OWASP's minimum costs, a bounded number at the same time, and a
// duration that does not tell whether the account exists (security.md D1, D4).
import { AppError } from '../../errors.ts';
import type { Hashing } from './hashing.ts';
import { normalisePassword } from './password-rules.ts';

export type PasswordSettings = {
  /** OWASP minimum: 19456. */
  readonly argon2_memory_kib: number;
  /** OWASP minimum: 2. */
  readonly argon2_passes: number;
  readonly argon2_parallelism: number;
  /** How many hashes are computed at the same time; each takes the memory above. */
  readonly argon2_concurrency: number;
  /** How many further ones may wait. Beyond that the answer is `busy`. */
  readonly argon2_queue: number;
};

export type Passwords = ReturnType<typeof createPasswords>;

/** @param hashing computes the hashes: a child process for the server, this process for commands */
export function createPasswords(settings: PasswordSettings, hashing: Hashing) {
  const { hash, verify, isOutdated } = hashing;
  const options = {
    memoryCost: settings.argon2_memory_kib,
    timeCost: settings.argon2_passes,
    parallelism: settings.argon2_parallelism,
  };
  const inTurn = createQueue(settings.argon2_concurrency, settings.argon2_queue);
  let dummy: Promise<string> | undefined;

  /** Computed once. A failure is not cached, because the hashing process may be restarting. */
  function nobodysHash(): Promise<string> {
    dummy ??= hash('nobody has this password', options).catch((error: unknown) => {
      dummy = undefined;
      throw error;
    });
    return dummy;
  }

  return {
    /** Returns a PHC string. @throws AppError `busy` */
    hash: (password: string): Promise<string> => inTurn(() => hash(normalisePassword(password), options)),

    /**
     * Verifies a password. With `stored` null (unknown account) it takes the same time and returns false.
     * @throws AppError `busy`
     */
    async verify(stored: string | null, password: string): Promise<boolean> {
      // Awaited in every case; otherwise the first request would tell by its duration whether the account
      // exists.
      const nobody = await nobodysHash();
      const isRight = await inTurn(() => verify(stored ?? nobody, normalisePassword(password)));
      return isRight && stored !== null;
    },

    /** Whether the hash was made with other costs than the configured ones. */
    needsRehash: (stored: string): boolean => isOutdated(stored, options),
  };
}

/**
 * Checks a hash that was made elsewhere: argon2id as a PHC string, with at least OWASP's minimum costs
 * (security.md D1).
 * @returns what is wrong with it, or null
 */
export function problemOfHash(text: string): string | null {
  const [, list = ''] = /^\$argon2id\$v=19\$([^$]+)\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/.exec(text) ?? [];
  // Tools write the parameters in different orders.
  const [memory, passes, lanes] = ['m', 't', 'p'].map((name) =>
    Number(new RegExp(`(?:^|,)${name}=(\\d{1,7})(?:,|$)`).exec(list)?.[1] ?? 0),
  );
  if (!memory || !passes || !lanes || list.split(',').length !== 3)
    return 'is not an argon2id hash in PHC format ($argon2id$v=19$m=…,t=…,p=…$salt$hash)';
  if (memory < floor.memoryKib || passes < floor.passes) return `is weaker than m=${floor.memoryKib},t=${floor.passes}`;
  return null;
}

/** OWASP's minimum for argon2id. */
const floor = { memoryKib: 19_456, passes: 2 };

function createQueue(concurrency: number, capacity: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= concurrency) {
      if (waiting.length >= capacity) {
        throw new AppError('busy', 'Too many people sign in with a password at this moment.', {
          facts: { retryAfterSeconds: 2 },
        });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The slot is passed to the next waiting work, so that a new request cannot overtake it.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
