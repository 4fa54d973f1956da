// Turns the words of a shell into a row and its values. Whatever a row does not know is a mistake: an
// unknown option, an option before its command, a word too many. Nothing runs then, and the sentence
// names the nearest valid option.
import { readFileSync } from 'node:fs';
import { Command as Commander, CommanderError } from 'commander';
import { spellCommand } from '../command-name.ts';
import type { Command, CommandOption, Values } from './command.ts';
import { groups } from './groups.ts';
import { createProgram, pathOf } from './program.ts';
import { rows } from './rows.ts';
import { UsageError } from './usage-error.ts';

/** A command to run, or the text of a help or a version to print. */
export type Parsed = { readonly row: Command; readonly values: Values } | { readonly text: string };

/**
 * @param args the words after the program's name
 * @throws UsageError; a required option that is missing is reported by `requireOptions`
 */
export function parseCommand(args: readonly string[]): Parsed {
  let written = '';
  let chosen: Parsed | null = null;
  const program = createProgram({
    version: readVersion(),
    write: (text) => {
      written += text;
    },
    choose: (row, values) => {
      chosen = { row, values };
    },
    onExit: (error, command) => {
      throw error instanceof CommanderError && error.exitCode === 0 ? error : explain(error, command, args, written);
    },
  });
  // `help client add` is `client add --help`.
  const [first, ...rest] = args;
  const line = first === 'help' ? [...rest, '--help'] : args;
  try {
    program.parse(joinIds(line), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help or version. Commander shows the help of the words before one that it does not know.
    if (!isNamed(line)) throw unknownCommand(line, '');
    return { text: written };
  }
  return chosen ?? { text: written };
}

/** @throws UsageError for a required option that is absent or empty */
export function requireOptions(row: Command, values: Values): void {
  const missing = row.options.find(({ name, isRequired }) => isRequired && !values[name]);
  if (missing) throw new UsageError(`--${missing.name} is missing.`, { help: row.name });
}

/** Of package.json. */
const readVersion = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/** The row that the first words name. The longest name wins. */
const rowOf = (args: readonly string[]): Command | undefined =>
  rows
    .filter(({ name }) => `${args.join(' ')} `.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];

/** Whether the words before the first option name a command or a group. No words name the program. */
function isNamed(args: readonly string[]): boolean {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const words = end === -1 ? args : args.slice(0, end);
  return words.length === 0 || rowOf(words) !== undefined || Object.hasOwn(groups, words.join(' '));
}

/** The option of a row that is written exactly so. */
const optionOf = (row: Command, arg: string): CommandOption | undefined =>
  row.options.find(({ name }) => `--${name}` === arg);

/**
 * Joins an option and a value that begins with a dash, which only an id may do without `=`.
 * @throws UsageError for any other value that begins with a dash: most likely the value is missing
 */
function joinIds(args: readonly string[]): string[] {
  const row = rowOf(args);
  if (!row) return [...args];
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [arg = '', value] = args.slice(i, i + 2);
    if (arg === '--') return [...joined, ...args.slice(i)];
    const option = optionOf(row, arg);
    if (!option || option.kind === 'flag' || value === undefined) {
      joined.push(arg);
      continue;
    }
    joined.push(`${arg}=${value}`);
    i++;
    if (!/^-./.test(value) || (option.kind === 'id' && isId(value))) continue;
    const advice = `Write ${arg}=${value} for a value that begins with a dash.`;
    throw new UsageError(`The option ${arg} needs a value before ${value}. ${advice}`, { help: row.name });
  }
  return joined;
}

/** An id of base64url that begins with a dash, and is no option of any command. */
const isId = (value: string): boolean => /^-[\w-]{9,}$/.test(value) && !rows.some((row) => optionOf(row, value));

/** The sentence for a mistake that commander found. Commander's own messages are for programmers. */
function explain(error: Error, command: Commander, args: readonly string[], written: string): UsageError {
  const name = pathOf(command).join(' ');
  const code = error instanceof CommanderError ? error.code : '';
  const [, quoted = ''] = /'([^']*)'/.exec(error.message) ?? [];
  const suggestion = suggestionIn(error);
  const usage = (message: string) => new UsageError(message, { help: name });
  switch (code) {
    case 'commander.help':
      return new UsageError(`Which command?\n\n${written.trimEnd()}`);
    case 'commander.unknownCommand':
      return unknownCommand(args, name);
    case 'commander.unknownOption':
      return unknownOption(command, quoted, suggestion, args);
    case 'commander.excessArguments':
      return usage(excessArguments(command, name));
    case 'commander.missingArgument':
      return usage(`${quoted.replace('...', '')} is missing.`);
    case 'commander.optionMissingArgument':
      return usage(`The option ${quoted.split(' ')[0]} of “${name}” needs a value.`);
    case 'commander.invalidArgument':
      return usage(`The option ${quoted.split(' ')[0]} of “${name}” stands twice.`);
    default:
      return usage(`${name}: ${error.message.replace(/^error: /, '')}`);
  }
}

/**
 * Suggests a whole command, such as “key generate” for “keys generate”.
 * @param group the words that were understood
 */
function unknownCommand(args: readonly string[], group: string): UsageError {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const words = args.slice(0, end === -1 ? 3 : Math.min(end, 3));
  for (let length = words.length; length > 0; length--) {
    const suggestion = suggestionFor(words.slice(0, length).join(' '));
    if (suggestion)
      return new UsageError(`There is no command “${words.slice(0, length).join(' ')}”. ${suggestion}`, {
        help: group,
      });
  }
  return new UsageError(`There is no command “${words.join(' ')}”.`, { help: group });
}

/** Commander compares whole names when they are commands of one flat program. */
function suggestionFor(typed: string): string | undefined {
  const flat = new Commander('flat').exitOverride().configureOutput({ outputError: () => undefined });
  for (const name of [...Object.keys(groups), ...rows.map((row) => row.name)]) flat.addCommand(new Commander(name));
  try {
    flat.parse([typed], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return suggestionIn(error);
    throw error;
  }
  return undefined;
}

/** Commander writes its suggestion in parentheses behind its message. */
const suggestionIn = ({ message }: Error): string | undefined => /\((Did you mean .*\?)\)/.exec(message)?.[1];

/**
 * Names the option's command and its nearest option. Without a similar one, all options of the command
 * are listed. An option before its command is answered with the place where it belongs.
 */
function unknownOption(command: Commander, flag: string, suggestion: string | undefined, args: readonly string[]) {
  const isLeaf = command.commands.length === 0;
  const name = pathOf(command).join(' ');
  const meant = isLeaf ? undefined : rowIn(args);
  const [bare = ''] = flag.split('=');
  if (meant && optionOf(meant, bare)) {
    const sentence = `The option ${bare} stands after the command: ${spellCommand(`${meant.name} ${bare}`)}`;
    return new UsageError(sentence, { help: meant.name });
  }
  const subject = name === '' ? '“tessera”' : `“${name}”`;
  const known = command
    .createHelp()
    .visibleOptions(command)
    .map(({ long }) => long);
  const nearest = suggestion ?? `Its options are ${known.join(', ')}.`;
  return new UsageError(`${subject} has no option ${flag}. ${nearest}`, { help: name });
}

/** The row whose words stand somewhere on the line, for an option that stands before them. */
const rowIn = (args: readonly string[]): Command | undefined => {
  const words = ` ${args.filter((arg) => !arg.startsWith('-')).join(' ')} `;
  return rows.filter(({ name }) => words.includes(` ${name} `)).sort((a, b) => b.name.length - a.name.length)[0];
};

/** A word too many is most often the value of a required option whose name was left out. */
function excessArguments(command: Commander, name: string): string {
  const [word = ''] = command.args.slice(command.registeredArguments.length);
  const row = rows.find((each) => each.name === name);
  const isMissing = (option: CommandOption) => option.isRequired && command.getOptionValue(option.name) === undefined;
  const meant = row?.options.find(isMissing);
  return `“${name}” takes no argument “${word}”.${meant ? ` Did you mean --${meant.name} ${word}?` : ''}`;
}
