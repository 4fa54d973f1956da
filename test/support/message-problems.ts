// What can be wrong with the catalogues, each problem as one sentence. Pure, so that a test proves that
// each is found.
import type { Entries } from '../../src/i18n/catalogue.ts';
import { argumentsOf } from '../../src/i18n/message.ts';
import { leavesOf } from './message-types.ts';
import { isUseOf, type Use } from './message-uses.ts';

/** @param catalogues by language; the English one decides which keys there are */
export function messageProblems(catalogues: Readonly<Record<string, Entries>>, uses: readonly Use[]): string[] {
  const languages = Object.entries(catalogues).map(
    ([language, entries]) => [language, new Map(leavesOf(entries))] as const,
  );
  const english = new Map(leavesOf(catalogues.en ?? {}));
  return [
    ...languages.flatMap(([language, texts]) => syntaxProblems(language, texts)),
    ...languages.flatMap(([language, texts]) => differences(language, texts, english)),
    ...useProblems(english, uses),
  ];
}

type Texts = ReadonlyMap<string, string>;

function syntaxProblems(language: string, texts: Texts): string[] {
  return [...texts].flatMap(([path, icu]) => {
    try {
      argumentsOf(icu);
      return [];
    } catch (error) {
      return [`${path} is not valid ICU in ${language}: ${error instanceof Error ? error.message : ''}`];
    }
  });
}

function differences(language: string, texts: Texts, english: Texts): string[] {
  const missing = [...english.keys()]
    .filter((path) => !texts.has(path))
    .map((path) => `${path} is missing in ${language}`);
  const extra = [...texts.keys()].filter((path) => !english.has(path)).map((path) => `${path} is in ${language} alone`);
  const empty = [...texts].filter(([, icu]) => icu.trim() === '').map(([path]) => `${path} is empty in ${language}`);
  const other = [...texts].flatMap(([path, icu]) => {
    const [own, theirs] = [namesOf(icu), namesOf(english.get(path) ?? icu)];
    return own === theirs ? [] : [`${path} takes {${own}} in ${language} and {${theirs}} in en`];
  });
  return [...missing, ...extra, ...empty, ...other];
}

/** Nothing for a text that is not valid, which is reported as such. */
function namesOf(icu: string): string {
  try {
    return argumentsOf(icu)
      .map(([name, kind]) => (kind === 'number' ? `${name}, number` : name))
      .join('; ');
  } catch {
    return '';
  }
}

function useProblems(english: Texts, uses: readonly Use[]): string[] {
  const exact = new Set(uses.filter((use) => !isPattern(use)).map(({ path }) => path));
  const patterns = [...new Map(uses.filter(isPattern).map((use) => [`${use.path} ${use.isWhole}`, use])).values()];
  const unused = [...english.keys()].filter(
    (path) => !exact.has(path) && !patterns.some((pattern) => isUseOf(pattern, path)),
  );
  const inViews = uses.filter(({ source }) => source.endsWith('.eta'));
  const known = new Set([...english.keys()].flatMap(withGroups));
  const unknown = inViews.filter((use) =>
    isPattern(use)
      ? ![...english.keys()].some((path) => isUseOf({ ...use, isWhole: true }, path))
      : !known.has(use.path),
  );
  return [
    ...unused.map((path) => `${path} is used nowhere`),
    ...unknown.map(({ path, source }) => `${source} uses ${path}, which is no message`),
    ...inViews.flatMap((use) => argumentProblems(english, use)),
  ];
}

const isPattern = ({ path, isWhole }: Use): boolean => isWhole || path.includes('*');

/** A message's path with those of the groups around it. */
const withGroups = (path: string): string[] =>
  path.split('.').map((_, index, keys) => keys.slice(0, index + 1).join('.'));

/** A view formats a message with arguments by `fill` or `strong`, and gives each argument by its name. */
function argumentProblems(english: Texts, use: Use): string[] {
  if (use.tag === 'const' || use.isWhole) return [];
  const path = isPattern(use) ? [...english.keys()].find((each) => isUseOf(use, each)) : use.path;
  const names = argumentsOf(english.get(path ?? '') ?? '').map(([name]) => name);
  if (names.length === 0 || use.tag.includes('JSON.stringify(')) return [];
  if (!/\bit\.(fill|strong)\(/.test(use.tag)) return [`${use.source} shows ${use.path} without its arguments`];
  const missing = names.filter((name) => !new RegExp(String.raw`[{,] ${name}(?=:|,| \})`).test(use.tag));
  return missing.map((name) => `${use.source} gives ${use.path} no {${name}}`);
}
