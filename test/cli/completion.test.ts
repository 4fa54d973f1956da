// Shell completion. The bash script runs in a real bash; the others are checked for every command and option.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../src/cli/completion/completion.ts';
import { rows } from '../../src/cli/rows.ts';

/** What bash offers after these words. The last one is being typed. */
async function completionsOf(...words: string[]): Promise<string[]> {
  const script = [
    completionScript('bash', rows),
    'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _tessera',
    `for word in "\${COMPREPLY[@]}"; do echo "$word"; done`,
  ].join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', 'tessera', ...words]);
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers commands, their arguments and their options', async () => {
    expect(await completionsOf('cl')).toEqual(['client']);
    expect(await completionsOf('client', 'se')).toEqual(['set', 'secret']);
    expect(await completionsOf('client', 'secret', '')).toEqual(['add', 'revoke', '--help']);
    expect(await completionsOf('account', 'delete', '--')).toEqual([
      '--username',
      '--yes',
      '--json',
      '--config',
      '--help',
    ]);
    expect(await completionsOf('client', 'set', '--id', 'shop', 'a=b', '--js')).toEqual(['--json']);
  });

  it('offers known values, files where an option takes a file, and nothing for other values', async () => {
    expect(await completionsOf('account', 'role', '--set', '')).toEqual(['administrator', 'client-manager', 'auditor']);
    expect(await completionsOf('completion', '')).toEqual(['bash', 'zsh', 'fish', '--help']);
    expect(await completionsOf('start', '--config', 'package.j')).toEqual(['package.json']);
    expect(await completionsOf('client', 'list', '--search', '')).toEqual([]);
  });
});

describe.each(['bash', 'zsh', 'fish'] as const)('the script for %s', (shell) => {
  const script = completionScript(shell, rows);

  it('has every command and every option that the help shows', () => {
    for (const { name, options } of rows) {
      expect(script).toContain(`'${name}'`);
      for (const option of options.filter(({ isHidden }) => !isHidden))
        expect(script).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}`);
    }
  });

  it('has balanced quotes', () => {
    expect((script.replaceAll("\\'", '').match(/'/g) ?? []).length % 2).toBe(0);
  });
});
