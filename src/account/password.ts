// Password hashing: argon2id at or above the OWASP floor, a bounded number at once, in time that does not tell who exists (security.md D1-D4).
import { hash, needsRehash as isOutdated, verify } from 'argon2';
import { AppError } from '../errors.ts';
import { AccountError } from './account.ts';

export type PasswordSettings = {
  /** OWASP floor: 19456. */
  readonly argon2_memory_kib: number;
  /** OWASP floor: 2. */
  readonly argon2_passes: number;
  readonly argon2_parallelism: number;
  /** Hashes computed at once; each takes the memory above. */
  readonly argon2_concurrency: number;
  /** Further ones that may wait; beyond that the answer is `busy`. */
  readonly argon2_queue: number;
};

/** NIST SP 800-63B-4 §3.1.1.2 for a password that is the only factor. */
const minLength = 15;
const maxLength = 256;

/** Long enough to pass the length rule and still the first things anybody tries. */
const common = [
  'password',
  'passwort',
  'qwertyuiop',
  'letmein',
  'iloveyou',
  'administrator',
  '123456789',
  'abcdefgh',
  'tessera',
];

export type Passwords = ReturnType<typeof createPasswords>;

export function createPasswords(settings: PasswordSettings) {
  const options = {
    memoryCost: settings.argon2_memory_kib,
    timeCost: settings.argon2_passes,
    parallelism: settings.argon2_parallelism,
  };
  const inTurn = createQueue(settings.argon2_concurrency, settings.argon2_queue);
  let dummy: Promise<string> | undefined;

  return {
    /** A PHC string. @throws AppError `busy` */
    hash: (password: string): Promise<string> => inTurn(() => hash(normalise(password), options)),

    /** `hash` null (unknown account) costs the same time and is never right. @throws AppError `busy` */
    async verify(stored: string | null, password: string): Promise<boolean> {
      dummy ??= hash('nobody has this password', options);
      const against = stored ?? (await dummy);
      const isRight = await inTurn(() => verify(against, normalise(password)));
      return isRight && stored !== null;
    },

    /** Whether the hash was made with other parameters than today's. */
    needsRehash: (stored: string): boolean => isOutdated(stored, options),
  };
}

/**
 * Length and blocklist; no composition rules, no expiry (NIST SP 800-63B-4 §3.1.1.2).
 * @throws AccountError `password_too_short`, `password_too_long`, `password_too_common`
 */
export function checkNewPassword(password: string, names: readonly string[]): void {
  const letters = [...normalise(password)];
  if (letters.length < minLength) throw new AccountError('password_too_short', `Use at least ${minLength} characters.`);
  if (letters.length > maxLength) throw new AccountError('password_too_long', `Use at most ${maxLength} characters.`);
  const core = letters
    .join('')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const isRepetition = new Set(core).size < 5;
  const guessable = [...common, ...names.map((name) => name.toLowerCase())].filter((word) => word.length > 2);
  const rest = guessable.reduce((text, word) => text.replaceAll(word, ''), core).replace(/\d+/g, '');
  if (isRepetition || rest.length < 4) {
    throw new AccountError('password_too_common', 'This password is among the first that anybody would try.');
  }
}

/** The same password whatever keyboard composed it. */
const normalise = (password: string): string => password.normalize('NFC');

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
      // The place is handed on, so that a newcomer cannot overtake.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
