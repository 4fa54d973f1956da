// docs/design.md shows the tree and the import rule that the code has.
import { readdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { root, textOf } from '../support/documents.ts';

const page = textOf('docs/design.md');
const section = (number: number) => page.split(/^## (?=\d)/m).find((part) => part.startsWith(`${number}. `)) ?? '';
const foldersOf = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/**
 * The data of test/architecture.test.ts. It is read as text: an import of that file would run its tests here
 * too.
 */
function importRule(): { table: Record<string, string[]>; concepts: Record<string, string[]> } {
  const text = textOf('test/architecture.test.ts');
  const data = text.slice(text.indexOf('const foundations'), text.indexOf('const packages'));
  return runInNewContext(`${stripTypeScriptTypes(data)}; ({ table, concepts })`);
}

/** Rows of a table: the names in backticks of its first two cells. */
const rowsOf = (text: string) =>
  [...text.matchAll(/^\| (`[^|]*`) \|([^|]*)\|/gm)].map(([, folder = '', others = '']) => ({
    folder: folder.replaceAll('`', ''),
    others: [...others.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).sort(),
  }));

describe('the tree in design.md', () => {
  const tree = /```\n(config\/[\s\S]*?)```/.exec(section(1))?.[1] ?? '';
  const inSource = tree.slice(tree.indexOf('src/\n'));

  /** Folders that a line of the tree begins with, at an indentation. */
  const namesAt = (text: string, indent: number) =>
    [...text.matchAll(new RegExp(`^ {${indent}}((?:[a-z0-9-]+/ ?)+)`, 'gm'))].flatMap(
      ([, names = '']) => names.match(/[a-z0-9-]+/g) ?? [],
    );

  it('has every folder of src, and no others', () => {
    expect(namesAt(inSource, 2).sort()).toEqual(foldersOf('src').sort());
  });

  it('has every concept and every audience, and no others', () => {
    const below = (folder: string, next: string) =>
      inSource.slice(inSource.indexOf(`\n  ${folder}/`), inSource.indexOf(`\n  ${next}/`));
    expect(namesAt(below('core', 'oidc'), 4).sort()).toEqual(foldersOf('src/core').sort());
    expect(namesAt(below('http', 'hashing'), 4).sort()).toEqual(foldersOf('src/http').sort());
  });

  it('has the files of src itself', () => {
    const files = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.ts'));
    expect(files.filter((file) => !inSource.includes(file))).toEqual([]);
  });
});

describe('the import rule in design.md', () => {
  const { table, concepts } = importRule();
  const rows = rowsOf(section(2));

  it('has what test/architecture.test.ts asserts of the concepts', () => {
    const named = rows.filter(({ folder }) => /^core\/[a-z]/.test(folder));
    const expected = Object.entries(concepts).map(([name, below]) => [
      `core/${name}`,
      below.map((each) => `core/${each}`).sort(),
    ]);
    expect(Object.fromEntries(named.map(({ folder, others }) => [folder, others]))).toEqual(
      Object.fromEntries(expected),
    );
  });

  it('has what test/architecture.test.ts asserts of the folders', () => {
    /** All concepts together are `core`. */
    const all = Object.keys(concepts).map((name) => `core/${name}`);
    const short = (names: readonly string[]) =>
      (all.every((name) => names.includes(name))
        ? ['core', ...names.filter((name) => !all.includes(name))]
        : [...names]
      ).sort();
    for (const [folder, others] of Object.entries(table).filter(([name]) => !/^core\//.test(name))) {
      const isAudience = folder.startsWith('http/') && folder !== 'http/kit';
      const row = rows.find((each) => each.folder === (isAudience ? 'http/<audience>' : folder));
      if (others.length > 0 || row)
        expect([folder, row?.others], 'design.md section 2').toEqual([folder, short(others)]);
    }
  });
});
