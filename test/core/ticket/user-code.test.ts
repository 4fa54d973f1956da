import { describe, expect, it } from 'vitest';
import {
  formatUserCode,
  generateUserCode,
  normaliseUserCode,
  userCodeAlphabet,
} from '../../../src/core/ticket/user-code.ts';

describe('a user code', () => {
  it('has eight letters of the alphabet of RFC 8628 §6.1', () => {
    for (let i = 0; i < 200; i++) {
      const code = generateUserCode();
      expect(code).toHaveLength(8);
      for (const letter of code) expect(userCodeAlphabet).toContain(letter);
    }
  });

  it('is found in any spelling', () => {
    const code = generateUserCode();
    const shown = formatUserCode(code);
    expect(shown).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    for (const typed of [shown, code.toLowerCase(), ` ${[...code].join(' ')} `, shown.replace('-', '–')]) {
      expect(normaliseUserCode(typed)).toBe(code);
    }
  });

  it.each([
    'ＢＣＤＦ－ＧＨＪＫ',
    'Code: bcdf-ghjk',
    'Code:BCDFGHJK',
    '代码：BCDF-GHJK',
    'Your code is: BCDF GHJK',
    'CODE BCDF-GHJK',
    'Use BCDF-GHJK to sign in',
    '\u200bBCDF\u2060-GHJK\ufeff',
    'BCDF\u2011GHJK',
    'BCDF\n GHJK\t',
    `BCDFGHJK${' '.repeat(192)}`,
  ])('is found in %j, as it may be pasted', (typed) => expect(normaliseUserCode(typed)).toBe('BCDFGHJK'));

  it.each([
    '',
    'BCDF',
    'BCDFGHJKL',
    'AEIOUAEI',
    'B'.repeat(65),
    'BCDF-GHJK BCDF',
    'Code:',
    `BCDFGHJK${' '.repeat(193)}`,
  ])('refuses %j', (typed) => {
    expect(normaliseUserCode(typed)).toBeNull();
  });
});
