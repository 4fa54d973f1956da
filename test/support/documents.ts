// Reads the documents and the comments of this repository, for the tests that compare them.
import { globSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/**
 * Every file of the repository, as a path from the root. Ignored folders (data, node_modules, coverage) are
 * not in it.
 */
export const files: readonly string[] = globSync(
  ['*.*', '.ci/*', '.github/**', 'bench/**', 'config/**', 'docs/**', 'src/**', 'test/**', 'views/**'],
  { cwd: root, withFileTypes: true, exclude: ['test/clients/node_modules', 'test/clients/apps/*/.next'] },
)
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();

/** The documents: those of `docs/` and those of the root. */
export const documents = files.filter((path) => /^(docs\/)?[\w.-]+\.md$/.test(path));

/** Section numbers of a document, such as `4` and `2.3`, by its headings. */
export const sectionsOf = (document: string): ReadonlySet<string> =>
  new Set([...document.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map(([, number = '']) => number));

/** Headings in words, without their number and without markup. */
export const headingsOf = (document: string): ReadonlySet<string> =>
  new Set([...document.matchAll(/^#{1,4} (?:\d+(?:\.\d+)*\.? )?(.+)$/gm)].map(([, words = '']) => words.trim()));

/** The ids of the security catalogue: the first cell of a row. */
export const catalogueIds = (document: string): ReadonlySet<string> =>
  new Set([...catalogueOf(document).matchAll(/^\| ([A-I]\d{1,2}) \|/gm)].map(([, id = '']) => id));
const catalogueOf = (document: string): string => document.split('\n## Open requirements\n')[0] ?? '';

export type Comment = { readonly file: string; readonly line: number; readonly text: string };

const commented = /\.(ts|mjs|css|eta|yaml)$/;

/**
 * The comments of the code. Lines that follow each other are one comment, since a citation may be broken over
 * two of them.
 */
export function comments(): Comment[] {
  return files
    .filter((path) => commented.test(path) && /^(src|test|bench|views|config)\//.test(path) && !/snippets/.test(path))
    .flatMap((file) => commentsOf(file, textOf(file)));
}

function commentsOf(file: string, text: string): Comment[] {
  const found: Comment[] = [];
  let last = -2;
  for (const [index, line] of text.split('\n').entries()) {
    const words = commentIn(file, line);
    if (words === null) continue;
    const before = found.at(-1);
    if (before && last === index - 1) found[found.length - 1] = { ...before, text: `${before.text} ${words}` };
    else found.push({ file, line: index + 1, text: words });
    last = index;
  }
  return found;
}

function commentIn(file: string, line: string): string | null {
  if (file.endsWith('.yaml')) return /(?:^|\s)#\s?(.*)$/.exec(line)?.[1] ?? null;
  const [, block, rest] = /^\s*\/?\*{1,2}\s(.*?)(?:\*\/.*)?$|(?:^|\s)\/\/\s(.*)$/.exec(line) ?? [];
  return block ?? rest ?? null;
}

/** The path as it is written, from the root, from `src`, or as the end of a path. */
export function isFile(path: string): boolean {
  const plain = path.replace(/^(\.{1,2}\/)+/, '');
  return files.some(
    (file) => file === plain || file.endsWith(`/${plain}`) || (!plain.includes('/') && basename(file) === plain),
  );
}
