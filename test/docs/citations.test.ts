// Every citation resolves: a document that a comment names exists and has the section or the id, and a file
// that it names exists.
import { describe, expect, it } from 'vitest';
import { catalogueIds, comments, documents, headingsOf, isFile, sectionsOf, textOf } from '../support/documents.ts';

const byName = new Map(documents.map((path) => [path.replace(/^docs\//, '').toLowerCase(), textOf(path)]));
const ids = catalogueIds(byName.get('security.md') ?? '');
const all = comments();

/**
 * `security.md B17, C1`, `protocol.md 2 and 3`, `design.md section 4`: what follows the name of a document.
 */
const citation = /\b([\w-]+\.md)\b((?:,? ?(?:and |section )?(?:[A-I]\d{1,2}(?:-[A-I]?\d{1,2})?|\d+(?:\.\d+)*)\b)*)/gi;
/** Ids alone, in brackets: `(A14)`, `(B13, D8)`. */
const bracketed = /\(([A-I]\d{1,2}(?:, [A-I]\d{1,2})*)\)/g;

type Cited = { readonly where: string; readonly document: string; readonly parts: readonly string[] };

/** Documents cite each other in the same way. */
const pages = documents.map((file) => ({ file, line: 1, text: textOf(file) }));
const cited: Cited[] = [...all, ...pages].flatMap(({ file, line, text }) =>
  [...text.matchAll(citation)].map(([, document = '', parts = '']) => ({
    where: `${file}:${line}`,
    document: document.toLowerCase(),
    parts: parts.match(/[A-I]?\d+(?:\.\d+)*/gi) ?? [],
  })),
);

/** Made while the provider runs, or by whoever runs it; or names of a kind of file. */
const notOurs = new Set(['tessera.yaml', 'package-lock.json', 'secrets.json', 'shop.yaml', 'latest.json']);

describe('a comment', () => {
  it('cites documents that exist', () => {
    expect(cited.length).toBeGreaterThan(100);
    expect(cited.filter(({ document }) => !byName.has(document))).toEqual([]);
  });

  it('cites sections and ids that exist', () => {
    const wrong = cited.filter(({ document, parts }) => {
      const text = byName.get(document) ?? '';
      const sections = sectionsOf(text);
      return parts.some((part) => (/^[A-I]/.test(part) ? !ids.has(part) : !sections.has(part)));
    });
    expect(wrong).toEqual([]);
    const numbered = cited.filter(
      ({ document, parts }) => document === 'security.md' && parts.some((each) => /^\d/.test(each)),
    );
    expect(numbered, 'the catalogue is cited by ids').toEqual([]);
  });

  it('names in brackets only ids of the catalogue', () => {
    const wrong = all.flatMap(({ file, line, text }) =>
      [...text.matchAll(bracketed)]
        .filter(([, list = '']) => list.split(', ').some((id) => !ids.has(id)))
        .map(([found]) => `${file}:${line} ${found}`),
    );
    expect(wrong).toEqual([]);
  });

  it('names only existing sections of the README', () => {
    const headings = headingsOf(byName.get('readme.md') ?? '');
    const wrong = all.flatMap(({ file, line, text }) =>
      [...text.matchAll(/README(?:\.md)?,? (?:section )?[“"]([^”"]+)[”"]/g)]
        .filter(([, heading = '']) => !headings.has(heading))
        .map(([found]) => `${file}:${line} ${found}`),
    );
    expect(wrong).toEqual([]);
  });

  it('names files that exist', () => {
    const path =
      /(?<![\w./:@<*{…-])((?:[\w.-]+\/)*\w[\w-]*(?:\.[\w-]+)*\.(?:ts|mjs|eta|css|yaml|json|svg|md))(?![\w*{/-])/g;
    const wrong = all.flatMap(({ file, line, text }) =>
      [...text.matchAll(path)]
        .map(([, name = '']) => name)
        .filter(
          (name) =>
            !notOurs.has(name) &&
            !notOurs.has(name.split('/').at(-1) ?? '') &&
            !isFile(name) &&
            !documents.some((each) => each.toLowerCase().endsWith(name.toLowerCase())),
        )
        .map((name) => `${file}:${line} ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
