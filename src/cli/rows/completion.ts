// `tessera completion`: lets a shell complete commands and options after Tab.
// The script is generated from the rows of this version. It starts no process when Tab is pressed.
import { defineCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** The shells that have a script in ../completion/. */
const shells = ['bash', 'zsh', 'fish'] as const;

export const completionRows = [
  defineCommand({
    name: 'completion',
    sentence: 'Print a script that completes commands and options in your shell.',
    details: 'It completes the word “tessera”, which “npm link” makes a command in every folder.',
    argument: { name: 'SHELL', sentence: shells.join(', '), isRequired: true, isVariadic: false, choices: shells },
    options: [],
    examples: ['completion bash > ~/.local/share/bash-completion/completions/tessera'],
    place: 'anywhere',
    async run({ words: [name = ''] }, { commands }) {
      const shell = shells.find((each) => each === name);
      if (!shell) throw new UsageError(`There is no completion for “${name}”; there is ${shells.join(', ')}.`);
      const { completionScript } = await import('../completion/completion.ts');
      return completionScript(shell, commands);
    },
  }),
];
