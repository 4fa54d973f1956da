// How the arguments of a shell become a command. Unknown commands, options and arguments are refused before
// the store is opened.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { parseCommand } from '../../src/cli/parse-command.ts';
import { roleNames } from '../../src/cli/rows/account.ts';
import { rows } from '../../src/cli/rows.ts';
import { runCommand } from '../../src/cli/run-command-line.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { roles } from '../../src/core/account/account.ts';

describe('the arguments of a command', () => {
  it.each(['-bKz0pXq9vW1', '--Kz0pXq9vW1aa', '-_________________'])(
    'take the id %s, which begins as an option does',
    (id) => {
      const parsed = parseCommand(['device', 'remove', '--id', id, '--json']);
      expect(parsed).toMatchObject({ values: { id, json: true }, row: { name: 'device remove' } });
    },
  );

  it.each([
    [['client', 'list', '--search', '--json']],
    [['client', 'list', '--id', '--redirect-uri', 'x']],
    [['client', 'list', '--id', '-x']],
    [['client', 'list', '-abcdefghijkl']],
    [['client', 'list', '--nonsense-option']],
  ])('are refused where a value is missing or a word is not an option: %j', (args) => {
    expect(() => parseCommand(args)).toThrow(/argument|option/i);
  });
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-parse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Returns the error of a command line. The configuration file does not exist, so a command that runs fails
 * with another error.
 */
async function refusalOf(args: readonly string[]): Promise<UsageError> {
  const env = { TESSERA_CONFIG: join(folder, 'none.yaml'), XDG_CONFIG_HOME: folder };
  const written: string[] = [];
  const write = async (text: string) => void written.push(text);
  const error = await runCommand(args, { env, clock: () => 0, isTerminal: false, write, ask: null }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect(written).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  return error as UsageError;
}

/** The words of a command with all that it requires. */
const wordsOf = ({ name, options, argument }: Command): string[] => [
  ...name.split(' '),
  ...options.flatMap((option) => (option.isRequired ? [`--${option.name}`, 'x'] : [])),
  ...(argument?.isRequired ? [argument.choices?.[0] ?? 'key=value'] : []),
];
const allOptions = [...new Set(rows.flatMap(({ options }) => options.map(({ name }) => name)))].sort();
const unknownTo = ({ options }: Command) => allOptions.filter((name) => !options.some((each) => each.name === name));

describe.each(rows.map((row) => [row.name, row] as const))('%s', (name, row) => {
  it('refuses every option of other commands, names itself and the nearest options, and does nothing', async () => {
    expect(unknownTo(row).length).toBeGreaterThan(10);
    for (const option of [...unknownTo(row), 'verry-unknown', 'quiet=1']) {
      const { message, help } = await refusalOf([...wordsOf(row), `--${option}`]);
      expect(message).toMatch(
        new RegExp(`^“${name}” has no option --${option}\\. (Did you mean|Its options are) .*--`),
      );
      expect(help).toBe(name);
    }
  });

  it('refuses an option that stands before the command, and says where it belongs', async () => {
    for (const option of ['json', 'config', 'yes']) {
      const { message } = await refusalOf([`--${option}`, ...wordsOf(row)]);
      const isKnown = row.options.some((each) => each.name === option);
      expect(message).toContain(isKnown ? `-- ${name} --${option}` : `has no option --${option}`);
    }
  });

  it('refuses every option that is repeated or lacks its value', async () => {
    for (const option of row.options.filter(({ kind }) => kind !== 'flag')) {
      const last = await refusalOf([...wordsOf(row), `--${option.name}`]);
      expect(last.message).toContain(`The option --${option.name} of “${name}” needs a value.`);
      if (option.kind === 'list') continue;
      const twice = await refusalOf([...name.split(' '), `--${option.name}=a`, `--${option.name}=b`]);
      expect(twice.message).toBe(`The option --${option.name} of “${name}” stands twice.`);
    }
  });

  it('has a help with its sentence, its options and examples that parse', () => {
    const help = parseCommand([...name.split(' '), '--help']);
    const text = 'text' in help ? help.text.replace(/\s+/g, ' ') : '';
    for (const part of [row.sentence, ...row.options.filter((each) => !each.isHidden).map((each) => `--${each.name}`)])
      expect(text).toContain(part);
    for (const example of row.examples) {
      const words = [...example.replace(/ [<>] .*/, '').matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+(?:"[^"]*")?)/g)].map(
        ([, double, single, bare]) => double ?? single ?? bare ?? '',
      );
      expect(parseCommand(words), example).toMatchObject({ row: { name } });
    }
  });

  it('has a sentence in plain words', () => {
    expect(row.sentence).toMatch(/^[A-Z].*\.$/);
    for (const option of row.options) expect(option.sentence).toMatch(/^[A-Z].*\.$/);
  });
});

/** Only `client set` takes as many words as there are. */
const bounded = rows.filter(({ argument }) => !argument?.isVariadic);

describe('an extra argument', () => {
  it.each(bounded.map((row) => [row.name, row] as const))('is refused by %s, which does nothing', async (name, row) => {
    expect((await refusalOf([...wordsOf(row), 'extra'])).message).toContain(`“${name}” takes no argument “extra”.`);
  });

  it('is reported as the probable value of a missing option', async () => {
    expect((await refusalOf(['account', 'delete', 'carol'])).message).toBe(
      '“account delete” takes no argument “carol”. Did you mean --username carol?',
    );
  });
});

describe('a command that does not exist', () => {
  it.each([
    [['keys', 'generate'], 'key generate'],
    [['clinet', 'list', '--json'], 'client list'],
    [['client', 'lst'], 'client list'],
    [['acount'], 'account'],
  ])('is refused with the nearest one: %j', async (args, nearest) => {
    expect((await refusalOf(args)).message).toContain(`Did you mean ${nearest}?`);
  });

  it('is refused without a suggestion when no command is similar', async () => {
    expect((await refusalOf(['make', 'tea'])).message).toBe('There is no command “make tea”.');
    expect((await refusalOf([])).message).toMatch(/^Which command\?/);
    expect((await refusalOf(['client'])).message).toMatch(/^Which command\?/);
  });

  it.each([
    [['help', 'client', 'ad'], 'client add'],
    [['help', 'acount'], 'account'],
    [['client', 'ad', '--help'], 'client add'],
    [['keys', '--help'], 'key'],
    [['keys', 'generate', '-h'], 'key generate'],
  ])('is refused where help is asked for: %j', async (args, nearest) => {
    expect((await refusalOf(args)).message).toContain(`Did you mean ${nearest}?`);
  });

  it('can be an argument of help', () => {
    expect(parseCommand(['help', 'client', 'add'])).toEqual(parseCommand(['client', 'add', '--help']));
    expect(parseCommand(['--version'])).toEqual({ text: '0.1.0\n' });
  });
});

it('the help lists exactly the roles that exist', () => {
  expect(roleNames).toEqual(roles);
});
