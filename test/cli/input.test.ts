// What a command reads from its line.
import { describe, expect, it } from 'vitest';
import { countOf } from '../../src/cli/input.ts';

describe('a count', () => {
  it.each(['1', '007', '999999999'])('may be %s', (text) => {
    expect(countOf(text, '--limit')).toBe(Number(text));
  });

  it.each(['', '0', '-1', '+5', ' 5', '5.0', '1e3', '0x10', '٥', 'all', 'Infinity', '9'.repeat(30)])(
    'consists of decimal digits: %j is refused',
    (text) => {
      expect(() => countOf(text, '--limit')).toThrow('--limit must be a whole number from 1.');
    },
  );
});
