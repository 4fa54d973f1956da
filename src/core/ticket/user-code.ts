// The code a person types when the camera will not do: eight letters that cannot be misread or spell a word (RFC 8628 §6.1).
import { randomInt } from 'node:crypto';

/** RFC 8628 §6.1: consonants only, 20 symbols. */
export const userCodeAlphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const userCodeLength = 8;

/** Eight letters without separator: about 34.5 bits, guarded by the claim limit. */
export function generateUserCode(): string {
  return Array.from({ length: userCodeLength }, () => userCodeAlphabet[randomInt(userCodeAlphabet.length)]).join('');
}

/** As shown: `XXXX-XXXX`. */
export const formatUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/**
 * RFC 8628 §6.1: case and anything that is not of the alphabet are ignored; full-width letters, as a Chinese keyboard may type them,
 * count. Null when eight letters do not remain.
 */
export function normaliseUserCode(typed: string): string | null {
  if (typed.length > 64) return null;
  const code = [...typed.normalize('NFKC').toUpperCase()]
    .filter((letter) => userCodeAlphabet.includes(letter))
    .join('');
  return code.length === userCodeLength ? code : null;
}
