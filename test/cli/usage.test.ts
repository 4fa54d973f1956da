// What `tessera` makes of its arguments.
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/usage.ts';

describe('the arguments of a command', () => {
  it.each(['-bKz0pXq9vW1', '--Kz0pXq9vW1aa', '-_________________'])(
    'take the id %s, which begins as an option does',
    (id) => {
      const { values, positionals } = parseCommand(['device', 'remove', '--id', id, '--json']);
      expect([values.id, values.json, positionals]).toEqual([id, true, ['device', 'remove']]);
    },
  );

  it.each([
    [['client', 'list', '--search', '--json']],
    [['client', 'list', '--id', '--redirect-uri', 'x']],
    [['client', 'list', '--id', '-x']],
    [['client', 'list', '-abcdefghijkl']],
    [['client', 'list', '--nonsense-option']],
  ])('are refused where a value is missing or an option is none: %j', (args) => {
    expect(() => parseCommand(args)).toThrow(/argument|option/i);
  });
});
