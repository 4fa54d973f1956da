// MDN's browser compatibility data, read once, and the oldest browsers that the pages promise to run in.
// script-features.ts and style-features.ts look up here what the built files use.
import data from '@mdn/browser-compat-data' with { type: 'json' };
import type { BrowserName, Identifier, SimpleSupportStatement } from '@mdn/browser-compat-data';

/** The oldest supported version of each browser (docs/design.md 8). Newer ones support the same. */
export const minimumVersions = {
  chrome: 100,
  chrome_android: 100,
  firefox: 115,
  firefox_android: 115,
  safari: 15.4,
  safari_ios: 15.4,
} as const satisfies Partial<Record<BrowserName, number>>;

export const { api, css, javascript } = data;

/** Returns the entry at a path such as `api.URL.canParse_static`, or null. */
export function entryOf(...path: readonly string[]): Identifier | null {
  // The data is a tree of entries. Its type names the branches at the root one by one.
  let entry: Identifier | undefined = data as unknown as Identifier;
  for (const name of path) entry = Object.hasOwn(entry ?? {}, name) ? entry?.[name] : undefined;
  return entry ?? null;
}

/**
 * Whether every minimum browser supports an entry without a prefix, a flag or a major gap. An entry without
 * data of its own counts as supported.
 */
export function isSupported(entry: Identifier): boolean {
  const support = entry.__compat?.support;
  if (!support) return true;
  return Object.entries(minimumVersions).every(([browser, version]) => {
    const statements = [support[browser as BrowserName] ?? []].flat();
    return statements.some((statement) => covers(statement, version));
  });
}

/** `≤37` in the data means: known to be there in 37, perhaps earlier. */
function covers(statement: SimpleSupportStatement, version: number): boolean {
  const { version_added: added, version_removed: removed, prefix, alternative_name: other, flags } = statement;
  if (prefix || other || flags || typeof added !== 'string' || added === 'preview') return false;
  if (typeof removed === 'string' && numberOf(removed) <= version) return false;
  return numberOf(added) <= version;
}

const numberOf = (version: string): number => Number.parseFloat(version.replace('≤', ''));
