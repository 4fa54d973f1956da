// A recovery code: written on paper for the day when phone and password are gone. Pure: how it looks, and how it is read again.
import { AppError } from '../../errors.ts';

export type RecoveryCodeErrorCode = 'recovery_code_wrong';
export class RecoveryCodeError extends AppError<RecoveryCodeErrorCode> {}

export const recoveryCodeCount = 10;
/** Base 32 of Crockford: no letter is taken for another or for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 16;
const groupLength = 4;

/** Eighty bits. `random`: so many bytes. */
export function writeRecoveryCode(random: (bytes: number) => Uint8Array): string {
  return [...random(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** In groups, as it is shown: `ABCD-EFGH-JKMN-PQRS`. */
export const formatRecoveryCode = (code: string): string =>
  (code.match(new RegExp(`.{${groupLength}}`, 'g')) ?? [code]).join('-');

/** As a person types it: any case, any separators, the letters that look alike. Null: no code at all. */
export function readRecoveryCode(typed: string): string | null {
  if (typed.length > 100) return null;
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}._]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return code.length === codeLength && [...code].every((letter) => alphabet.includes(letter)) ? code : null;
}
