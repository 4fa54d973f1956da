// The code that a person types when the camera cannot be used (RFC 8628 §6.1): eight consonants, so that no
// letter is easily misread and no word appears.
import { randomInt } from 'node:crypto';

/** RFC 8628 §6.1: consonants only, 20 symbols. */
export const userCodeAlphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const userCodeLength = 8;

/**
 * Returns eight letters without separator, about 34.5 bits. Limits of typed codes protect them against
 * guessing.
 */
export function generateUserCode(): string {
  return Array.from({ length: userCodeLength }, () => userCodeAlphabet[randomInt(userCodeAlphabet.length)]).join('');
}

/** Returns the form that people see: `XXXX-XXXX`. */
export const formatUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/**
 * Reads a typed code (RFC 8628 §6.1). Case and all characters outside the alphabet are ignored. Full-width
 * letters, as Chinese keyboards may produce them, are accepted.
 * @returns eight letters, or null when the text does not contain exactly eight
 */
export function normaliseUserCode(typed: string): string | null {
  if (typed.length > 64) return null;
  const code = [...typed.normalize('NFKC').toUpperCase()]
    .filter((letter) => userCodeAlphabet.includes(letter))
    .join('');
  return code.length === userCodeLength ? code : null;
}
