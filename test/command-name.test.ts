// How texts name the commands of this provider. Outside this checkout, a bare npx runs a package of somebody
// else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rows } from '../src/cli/rows.ts';
import { spellCommand } from '../src/command-name.ts';
import { files, root } from './support/documents.ts';

const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const isText = (file: string) => !/\.(png|jpe?g|webp|woff2?|gz|mmdb)$/.test(file) && file !== 'package-lock.json';
const texts = files.filter(isText);

describe('the name of a command', () => {
  it('is a script of package.json, whose package has a scoped name and is not published', () => {
    expect(packageJson).toMatchObject({
      name: '@tessera-id/server',
      version: '0.1.0',
      private: true,
      bin: { tessera: 'src/tessera.mjs' },
      scripts: { tessera: 'node src/tessera.mjs' },
    });
    expect(spellCommand('key list')).toBe('npm run tessera -- key list');
  });

  it('is never written with a bare npx', () => {
    // This file describes what is forbidden.
    const isForbidden = /\bnpx (?:@tessera-id\/server|tessera)\b/;
    const found = texts.filter(
      (file) => !file.endsWith('command-name.test.ts') && isForbidden.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it('works when it is copied, in every text that the product shows', () => {
    const names = rows.map(({ name }) => name).join('|');
    const isBare = new RegExp(`(?<!--no-install )\\btessera (?:${names})\\b`);
    // The completion scripts complete the word tessera itself. Comments name commands without their prefix.
    const isShown = (file: string) =>
      /^(src|views|config)\//.test(file) && !/^src\/cli\/completion\/|^config\/schema\.json$/.test(file);
    const isComment = (line: string) => /^\s*(\/\/|\/?\*)/.test(line);
    const found = files.filter(isShown).flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => !isComment(line) && isBare.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
