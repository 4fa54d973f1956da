// A recovery code, which its owner keeps on paper for the day when phone and password are lost. Pure: how it
// is written and read.
import { AppError } from '../../errors.ts';
import { maxTypedLength, typedCode } from '../../plain-text.ts';

export type RecoveryCodeErrorCode = 'recovery_code_wrong';
export class RecoveryCodeError extends AppError<RecoveryCodeErrorCode> {}

export const recoveryCodeCount = 10;
/** Crockford's base 32, in which no letter looks like another letter or digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 16;
const groupLength = 4;

/** Returns a code of eighty random bits. @param random returns that many random bytes */
export function writeRecoveryCode(random: (bytes: number) => Uint8Array): string {
  return [...random(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** Returns the form that people see: `ABCD-EFGH-JKMN-PQRS`. */
export const formatRecoveryCode = (code: string): string =>
  (code.match(new RegExp(`.{${groupLength}}`, 'g')) ?? [code]).join('-');

/**
 * Reads a typed code, in any case, with any separators, and with letters that look alike.
 * @returns null when it cannot be a code
 */
export function readRecoveryCode(typed: string): string | null {
  if (typed.length > maxTypedLength) return null;
  const code = typedCode(typed)
    .toUpperCase()
    .replace(/[\s\p{Pd}._]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return code.length === codeLength && [...code].every((letter) => alphabet.includes(letter)) ? code : null;
}
