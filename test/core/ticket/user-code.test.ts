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

  it('accepts full-width letters, as a Chinese keyboard may type them, and at most 64 characters', () => {
    expect(normaliseUserCode('ＢＣＤＦ－ＧＨＪＫ')).toBe('BCDFGHJK');
    expect(normaliseUserCode(`BCDFGHJK${' '.repeat(56)}`)).toBe('BCDFGHJK');
    expect(normaliseUserCode(`BCDFGHJK${' '.repeat(57)}`)).toBeNull();
  });

  it.each(['', 'BCDF', 'BCDFGHJKL', 'AEIOUAEI', 'B'.repeat(65)])('refuses %j', (typed) => {
    expect(normaliseUserCode(typed)).toBeNull();
  });
});
