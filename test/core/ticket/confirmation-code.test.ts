import { describe, expect, it } from 'vitest';
import { normaliseConfirmationCode } from '../../../src/core/ticket/confirmation-code.ts';

describe('a confirmation code', () => {
  it.each([
    '012345',
    ' 012 345 ',
    '012-345',
    '01–23–45',
    'Code: 012345',
    'Code 2: 012 345',
    '验证码：012345',
    '０１２３４５',
    '٠١٢٣٤٥',
    '۰۱۲۳۴۵',
    '०१२३४५',
    '\u{1D7CE}\u{1D7CF}\u{1D7D0}\u{1D7D1}\u{1D7D2}\u{1D7D3}',
    '\u{1E950}\u{1E951}\u{1E952}\u{1E953}\u{1E954}\u{1E955}',
    '\u200b012\u00a0345\u202c',
  ])('is read from %j', (typed) => expect(normaliseConfirmationCode(typed)).toBe('012345'));

  it('reads every digit of every script', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const digit = String.fromCodePoint(point);
      if (!/\p{Nd}/u.test(digit)) continue;
      const before = String.fromCodePoint(point - 1);
      const value = Number(normaliseConfirmationCode(digit));
      expect(value, point.toString(16)).toBeLessThan(10);
      // In a block of one script each digit is one more than the digit before it.
      if (/\p{Nd}/u.test(before)) expect(value).toBe((Number(normaliseConfirmationCode(before)) + 1) % 10);
      else expect(value).toBe(0);
    }
  });

  it.each(['', 'abc', ':', '-'])('has no digits in %j', (typed) => expect(normaliseConfirmationCode(typed)).toBe(''));
});
