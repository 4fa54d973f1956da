// What the documents say is there: files, pictures, links, scripts and commands exist, what is generated is
// up to date, and every security requirement is tested by name or named open. test/docs/ has more: citations,
// protocol, design, the README's example.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseCommand, requireOptions } from '../src/cli/parse-command.ts';
import { auditEvents } from '../src/core/audit/audit-record.ts';
import { catalogueIds, documents, files, headingsOf, root, textOf } from './support/documents.ts';
import { relyingPartiesPage } from './support/relying-parties.ts';

const { scripts, dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>;

const range = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${letter}${from + i}`);
/** Those that this release answers for. */
const requirements = [
  ...range('A', 1, 21),
  ...range('B', 1, 20),
  ...range('C', 1, 8),
  ...range('D', 1, 10),
  ...range('E', 1, 7),
  ...range('F', 1, 8),
  ...range('G', 1, 6),
  ...range('H', 1, 5),
];

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#{1,4} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Generated code of other programs names their own files. */
const ownWords = (path: string): string => textOf(path).split('## Code by library\n')[0] ?? '';

describe.each(documents)('%s', (path) => {
  const text = ownWords(path);

  it('links only to files and headings that exist', () => {
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(root, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(textOf(target)), link).toContain(anchor);
    }
  });

  it('names only files and folders that exist', () => {
    for (const [, name = ''] of text.matchAll(/`((?:src|config|test|views|bench|docs|\.github)\/[\w./-]+)`/g))
      expect(existsSync(join(root, name)), name).toBe(true);
    for (const [, name = ''] of text.matchAll(/`([A-Z]+\.md|[\w-]+\.md)`/g))
      expect(
        documents.some((each) => each.endsWith(name)),
        name,
      ).toBe(true);
  });

  it('names only scripts that exist, and contains no open tasks', () => {
    for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts, script).toHaveProperty(script);
    expect(text).not.toMatch(/[A-Z]+_FIGURES|TODO|FIXME/);
  });

  it('names only sections of other documents that exist', () => {
    for (const [, document = '', number = ''] of text.matchAll(/\(([\w./-]+\.md)\), sections? (\d+)/g)) {
      const target = textOf(join(dirname(path), document));
      expect(target, `${document} ${number}`).toMatch(new RegExp(`^## ${number}\\. `, 'm'));
    }
  });
});

describe('the README', () => {
  it('has at most 150 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('leads to every page through the index', () => {
    const index = textOf('docs/README.md');
    const pages = documents.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(pages.filter((path) => !index.includes(`(${path.slice('docs/'.length)})`))).toEqual([]);
  });
});

describe('the documents', () => {
  it('have every requirement tested by name, or listed as open with a reason', () => {
    const page = textOf('docs/security.md');
    const open = page.slice(page.indexOf('## Open requirements'));
    const tests = files.filter((file) => /^test\/.*\.ts$/.test(file) && !file.endsWith('docs.test.ts'));
    const titles = tests.flatMap((file) => [
      ...textOf(file).matchAll(
        /(?:\b(?:it|describe)\(|^\s*\)?\()?\s*['`]([^'`\n]+)['`],\s*(?:\{[^}]*\},\s*)?(?:async )?\(/gm,
      ),
    ]);
    const named = new Set(titles.flatMap(([, title = '']) => title.match(/\b[A-H]\d{1,2}\b/g) ?? []));
    const missing = requirements.filter((id) => !named.has(id) && !open.includes(`| ${id} |`));
    expect(missing).toEqual([]);
    const reasons = [...open.matchAll(/^\| ([A-I]\d+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, id = '']) => id);
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.filter((id) => !catalogueIds(page).has(id))).toEqual([]);
    const [, inReadme = ''] = /((?:[A-I]\d+(?:, | and )?)+) are open, with the reason/.exec(textOf('README.md')) ?? [];
    expect(inReadme.match(/[A-I]\d+/g)).toEqual(reasons);
  });

  it('have the code of views/snippets for every library: npm run generate', () => {
    const page = textOf('docs/relying-parties.md');
    expect(page).toBe(relyingPartiesPage(page));
    expect(scripts.generate).toContain('relying-parties-cli.ts');
  });

  it('name settings that exist', () => {
    type Schema = { properties: Record<string, { properties?: object }> };
    const { properties } = JSON.parse(textOf('config/schema.json')) as Schema;
    const groups = Object.keys(properties).filter((name) => properties[name]?.properties);
    const reference = textOf('config/reference.yaml');
    const setting = new RegExp(`\`(${groups.join('|')})\\.(\\w+)\``, 'g');
    for (const path of documents) {
      // Events of the audit trail look alike.
      for (const [, group = '', name = ''] of ownWords(path).matchAll(setting))
        if (!auditEvents.some((event) => event === `${group}.${name}`))
          expect(properties[group]?.properties, `${path}: ${group}.${name}`).toHaveProperty(name);
      for (const [, name = ''] of textOf(path).matchAll(/`(TESSERA_[A-Z0-9_]+)`/g))
        expect(isVariable(name, reference), `${path}: ${name}`).toBe(true);
    }
  });

  it('spell commands with options that exist', () => {
    const spelled = /(?:npm run tessera --|npx --no-install tessera|^(?:\$ )?tessera) ([a-z][^`\n]*)/gm;
    const found = documents.flatMap((path) =>
      [...textOf(path).matchAll(spelled)].map(([, words = '']) => ({ path, words })),
    );
    expect(found.length).toBeGreaterThan(20);
    for (const { path, words } of found) {
      // As a shell takes it apart, without what is redirected.
      const [command = ''] = words.split(/ (?:>|<<<|\|) ?/);
      const args = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
      const parsed = parseCommand(args);
      if ('row' in parsed) requireOptions(parsed.row, parsed.values);
      expect('row' in parsed || args.includes('--help'), `${path}: ${words}`).toBe(true);
    }
  });

  it('name dependencies that exist', () => {
    const known = { ...dependencies, ...devDependencies };
    const [, table = ''] = textOf('docs/design.md').split('## 8. Runtime and dependencies');
    const named = [...table.matchAll(/^\| [^|]+ \|([^|]+)\|/gm)].flatMap(
      ([, cell = '']) => cell.match(/`[^`]+`/g) ?? [],
    );
    const packages = named.map((name) => name.slice(1, -1)).filter((name) => /^(@[\w-]+\/)?[a-z][\w.-]*$/.test(name));
    expect(packages.length).toBeGreaterThan(15);
    expect(packages.filter((name) => !(name in known))).toEqual([]);
  });

  it('have headings that the files for GitHub rely on', () => {
    expect(headingsOf(textOf('SECURITY.md'))).toContain('Reporting a vulnerability');
    for (const path of files.filter((file) => /^\.github\/.*\.ya?ml$/.test(file)))
      expect(() => parseYaml(textOf(path)), path).not.toThrow();
    for (const [, name = ''] of textOf('.github/dependabot.yml').matchAll(/"(@[\w/-]+)"/g))
      expect(name in { ...dependencies, ...devDependencies }, name).toBe(true);
  });
});

/** Of the reference, or one that the program reads by its name: then the name stands in src. */
const isVariable = (name: string, reference: string): boolean =>
  reference.includes(name) ||
  files.some((file) => /^(src|test)\/.*\.ts$/.test(file) && textOf(file).includes(name.replace(/_FILE$/, '')));
