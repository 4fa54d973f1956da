// The code that a person types when the camera cannot be used (RFC 8628 §6.1): eight consonants, so that no
// letter is easily misread and no word appears.
import { randomInt } from 'node:crypto';
import { maxTypedLength, typedCode } from '../../plain-text.ts';

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
 * Reads a typed code (RFC 8628 §6.1). Case, separators and a label in front of it do not matter.
 * @returns eight letters, or null when the text is no such code
 */
export function normaliseUserCode(typed: string): string | null {
  if (typed.length > maxTypedLength) return null;
  const text = typedCode(typed).toUpperCase();
  return lettersOf(text) ?? lettersOf(wordsOfCode(text).join(''));
}

function lettersOf(text: string): string | null {
  const code = [...text].filter((letter) => userCodeAlphabet.includes(letter)).join('');
  return code.length === userCodeLength ? code : null;
}

/** The words that can belong to a code. Those of a sentence around it have other letters too. */
const wordsOfCode = (text: string): string[] =>
  text.split(/[^\p{L}\p{N}]+/u).filter((word) => [...word].every((letter) => userCodeAlphabet.includes(letter)));
