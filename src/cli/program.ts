// The tree of commands that commander parses and prints the help of, made from the rows.
import { Argument, Command as Commander, InvalidArgumentError, Option } from 'commander';
import { commandPrefix, spellCommand } from '../command-name.ts';
import type { Command, CommandOption, Values } from './command.ts';
import { groups } from './groups.ts';
import { rows } from './rows.ts';

export type ProgramDeps = {
  readonly version: string;
  /** Receives the row that the words name, with its values. */
  readonly choose: (row: Command, values: Values) => void;
  /** Receives help and version. */
  readonly write: (text: string) => void;
  /** Receives every end that commander would exit with, with the command it happened at. Must throw. */
  readonly onExit: (error: Error, command: Commander) => never;
};

/** Below the list of all commands. */
const footer = `
Every command has a help of its own. Options stand after the command:
  ${spellCommand('client add --help')}

In this checkout, type “${commandPrefix} <command>”. When another program reads
the output, type “npx --no-install tessera <command>”, which prints nothing else.
“npm link” makes the word tessera a command in every folder.

Exit codes: 0 done, 1 refused or failed, 2 a mistake in the command,
130 interrupted.`;

/** @returns commander's program with a subcommand for every row and every group of rows */
export function createProgram(deps: ProgramDeps): Commander {
  const program = new Commander('tessera')
    .description('A self-hosted OpenID Connect provider whose sign-in page shows a QR code.')
    .usage('<command> [options]')
    .version(deps.version, '--version', 'Print the version.')
    .helpOption('-h, --help', 'Show help.')
    .helpCommand(false)
    .configureOutput({ writeOut: deps.write, writeErr: deps.write, outputError: () => undefined })
    .configureHelp({
      visibleCommands: leavesOf,
      subcommandTerm: (leaf) => pathOf(leaf).join(' '),
      subcommandDescription: (leaf) => leaf.summary(),
      optionTerm: (option) => option.flags,
    })
    .addHelpText('after', footer);
  program.exitOverride((error) => deps.onExit(error, program));
  for (const row of rows) addRow(groupOf(program, row.name.split(' ').slice(0, -1), deps), row, deps);
  return program;
}

/** The words of a command, without the program's own name. */
export const pathOf = (command: Commander): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

/** The commands of a group and of the groups below it, so that a help lists every command that can be run. */
const leavesOf = (command: Commander): Commander[] =>
  command.commands.flatMap((each) => (each.commands.length > 0 ? leavesOf(each) : [each]));

/** Finds or creates the group of these words. '' is the program itself. */
function groupOf(program: Commander, words: readonly string[], deps: ProgramDeps): Commander {
  return words.reduce((parent, word) => {
    const found = parent.commands.find((each) => each.name() === word);
    if (found) return found;
    const group: Commander = parent.command(word).usage('<command> [options]');
    return group.exitOverride((error) => deps.onExit(error, group));
  }, program);
}

/**
 * Adds the command of a row. Required options are checked later, so that `--help` and refusals come
 * first.
 */
function addRow(parent: Commander, row: Command, { choose, onExit }: ProgramDeps): void {
  const [word = ''] = row.name.split(' ').slice(-1);
  const needed = row.options.filter(({ isRequired }) => isRequired).map(flagsOf);
  const leaf: Commander = parent.command(word);
  leaf
    .summary(row.sentence)
    .description(row.details ? `${row.sentence}\n${row.details}` : row.sentence)
    .usage([...needed, '[options]', ...(row.argument ? [termOf(row.argument)] : [])].join(' '))
    .helpGroup(headingOf(row))
    .addHelpText('after', examplesOf(row))
    .exitOverride((error) => onExit(error, leaf))
    .action(() => choose(row, valuesOf(row, leaf)));
  if (row.argument) leaf.addArgument(new Argument(termOf(row.argument), row.argument.sentence));
  for (const option of row.options) leaf.addOption(toCommander(option));
}

/** The heading in the help of the program. Commands without a noun stand first. */
const headingOf = ({ name }: Command): string => {
  const [noun = '', ...rest] = name.split(' ');
  return rest.length > 0 ? `${groups[noun] ?? 'Commands'}:` : 'Commands:';
};

/** How the help shows an argument: `<KEY=VALUE...>`. */
const termOf = ({ name, isRequired, isVariadic }: NonNullable<Command['argument']>): string => {
  const term = isVariadic ? `${name}...` : name;
  return isRequired ? `<${term}>` : `[${term}]`;
};

/** Examples as a person types them in this checkout. */
const examplesOf = ({ examples }: Command): string =>
  ['', examples.length > 1 ? 'Examples:' : 'Example:', ...examples.map((line) => `  ${spellCommand(line)}`)].join('\n');

/** How an option is written, such as `--id <ID>`. */
const flagsOf = ({ name, placeholder }: CommandOption): string =>
  placeholder === '' ? `--${name}` : `--${name} <${placeholder}>`;

/** An option that stands twice is refused, because the second value would silently win. */
function toCommander(option: CommandOption): Option {
  const made = new Option(flagsOf(option), option.isRequired ? `${option.sentence} Required.` : option.sentence);
  if (option.isHidden) made.hideHelp();
  if (option.kind === 'list')
    return made.argParser<string[]>((value, before) => [...((before as string[] | undefined) ?? []), value]);
  if (option.kind === 'flag') return made;
  return made.argParser<string>((value, before) => {
    if (before !== undefined) throw new InvalidArgumentError('');
    return value;
  });
}

/** The values under the names that the row gives them. Commander stores `--no-qr` as `qr: false`. */
function valuesOf(row: Command, leaf: Commander): Values {
  const values = row.options.map((option): [string, unknown] => {
    const { negate, attribute } = {
      negate: option.name.startsWith('no-'),
      attribute: toCommander(option).attributeName(),
    };
    const value: unknown = leaf.getOptionValue(attribute);
    if (option.kind !== 'flag') return [option.name, value];
    return [option.name, negate ? value === false : value === true];
  });
  return { ...Object.fromEntries(values), words: leaf.args };
}
