// Text from outside as people see it: what hides or reorders text goes, and what a language needs stays.
import { describe, expect, it } from 'vitest';
import { isVisible, plainText } from '../src/plain-text.ts';

describe('a name on one line', () => {
  it.each([
    ['Persian', 'می\u200cخواهم'],
    ['Sinhala', 'ශ්\u200dරී'],
    ['Hindi', 'क्\u200dष'],
    ['Malayalam', 'ന്\u200dമ'],
    ['a family', '👩\u200d👩\u200d👧'],
    ['a flag of two emoji', '🏳\ufe0f\u200d🌈'],
    ['a person with a tone of skin', '👩🏽\u200d🚀'],
    ['the flag of Scotland', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ])('keeps the joiners of %s', (_language, name) => expect(plainText(name, 60)).toBe(name));

  it.each([
    ['a joiner between Latin letters', 'pay\u200dpal', 'pay pal'],
    ['a non-joiner between Latin letters', 'pay\u200cpal', 'pay pal'],
    ['a joiner at the end', 'Alice\u200d', 'Alice'],
    ['a joiner at the beginning', '\u200dAlice', 'Alice'],
    ['a second joiner', 'می\u200c\u200cخواهم', 'می خواهم'],
    ['tags without a flag', 'a\u{e0067}\u{e007f}', 'a'],
    ['a right-to-left override', 'a\u202egnp.exe', 'a gnp.exe'],
    ['a word joiner', 'a\u2060b', 'a b'],
    ['a line separator', 'a\u2028b', 'a b'],
    ['control characters', 'a\u0000\r\nb', 'a b'],
  ])('loses %s', (_what, name, expected) => expect(plainText(name, 60)).toBe(expected));

  it.each([
    '',
    ' ',
    '\u200b',
    '\u200d\u200d',
    '\u3164',
    '\u115f\u1160',
    '\u2800\u2800',
    '\ufe0f',
    '\u00a0\u2003',
    '\u{e0061}',
  ])('is empty when nothing in %j can be seen', (name) => {
    expect(isVisible(name)).toBe(false);
    expect(plainText(name, 60)).toBe('');
  });

  it('is cut by characters, with an ellipsis', () => expect(plainText('🎉🎉🎉🎉', 3)).toBe('🎉🎉…'));
});
