// Scripts for shell completion, generated from the rows, so that no Tab has to start a process.
import type { Command, CommandOption } from '../command.ts';
import { groups } from '../groups.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletionModel, Step, ValueOption } from './model.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** @returns a script for the shell, which completes the command `tessera` */
export const completionScript = (shell: keyof typeof scripts, commands: readonly Command[]): string =>
  scripts[shell](modelOf(commands));

/** The steps of all commands and the options that take values. Pure. */
function modelOf(commands: readonly Command[]): CompletionModel {
  const prefixes = new Set(commands.flatMap(({ name }) => prefixesOf(name)));
  const steps = [...prefixes].map((words) => ({ words, next: nextOf(words, commands) }));
  const options = new Map(commands.flatMap((row) => row.options.flatMap(valueOption)).map((each) => [each.flag, each]));
  return { steps, options: [...options.values()] };
}

/** 'client secret add' has the prefixes '', 'client', 'client secret' and itself. */
const prefixesOf = (name: string): string[] => {
  const words = name.split(' ');
  return ['', ...words.map((_, i) => words.slice(0, i + 1).join(' '))];
};

/** Below a group its words; behind a command its options and the choices of its argument. */
function nextOf(words: string, commands: readonly Command[]): Step['next'] {
  const depth = words === '' ? 0 : words.split(' ').length;
  const below = commands.filter(({ name }) => words === '' || name.startsWith(`${words} `));
  const following = new Set(below.map(({ name }) => name.split(' ')[depth] ?? ''));
  const sentenceOf = (word: string) => {
    const name = `${words} ${word}`.trim();
    return commands.find((row) => row.name === name)?.sentence ?? groups[name] ?? '';
  };
  const row = commands.find(({ name }) => name === words);
  const options = row?.options.filter(({ isHidden }) => !isHidden) ?? [];
  return [
    ...[...following].map((word) => ({ word, sentence: sentenceOf(word) })),
    ...(row?.argument?.choices ?? []).map((word) => ({ word, sentence: '' })),
    ...options.map(({ name, sentence }) => ({ word: `--${name}`, sentence })),
    { word: '--help', sentence: 'Show help.' },
    ...(words === '' ? [{ word: '--version', sentence: 'Print the version.' }] : []),
  ];
}

/** Options that read a file are recognised by their placeholder. */
function valueOption({ name, kind, placeholder, choices }: CommandOption): ValueOption[] {
  if (kind === 'flag') return [];
  const isFile = placeholder === 'FILE' || placeholder === 'PICTURE';
  return [{ flag: `--${name}`, values: choices ?? (isFile ? 'file' : null) }];
}
