// The built scripts and the built style sheet run in the oldest supported browsers (docs/design.md 8):
// the bundler lowers syntax, and this test compares every API and every declaration with MDN's browser
// compatibility data.
import { describe, expect, it } from 'vitest';
import { bundles } from '../../src/http/kit/assets.ts';
import { minimumVersions } from '../support/compat/compat-data.ts';
import { behindFallback, detectedInScripts, ignoredInStyles, ownNames } from '../support/compat/detected.ts';
import { newFeaturesOfScript } from '../support/compat/script-features.ts';
import { newFeaturesOfStyle } from '../support/compat/style-features.ts';

const files = await bundles();
const scripts = files.filter(({ name }) => name.endsWith('.js'));
const style = String(files.find(({ name }) => name === 'style.css')?.body);
const used = new Map(scripts.map(({ name, body }) => [name.replace('.js', ''), newFeaturesOfScript(String(body))]));

describe('the check itself', () => {
  it('finds APIs, members, events, options and patterns that are newer', () => {
    const source = `URL.canParse(a); list.toSorted(); const { withResolvers } = Promise; new Worker(u);
      addEventListener('scrollend', f); fetch(u, { priority: 'low' }); text.replace(/(?<=a)b/, '');
      if ('share' in navigator) navigator.share(); crypto.randomUUID(); self.reportError(e); list.findLast(f);`;
    expect(newFeaturesOfScript(source)).toEqual([
      '(?<=…)',
      '.toSorted',
      'Promise.withResolvers',
      'URL.canParse',
      'event scrollend',
      'fetch({ priority })',
      'navigator.share',
    ]);
  });

  it('finds selectors, keywords, functions, units and at-rules that are newer', () => {
    const source = `a:has(b) { color: color-mix(in srgb, red, blue); height: 5dvh; text-wrap: pretty }
      @container (width > 5px) { a { color: red } } @starting-style { a { color: red } }
      a { width: 5vh; width: 5svh; inset: 0; aspect-ratio: 1 }`;
    const names = newFeaturesOfStyle(source).map(({ name, hasFallback }) =>
      hasFallback ? `${name} (fallback)` : name,
    );
    expect(names).toEqual([
      ':has',
      '@container',
      '@starting-style',
      'color-mix()',
      'dvh',
      'range syntax',
      'svh (fallback)',
      'text-wrap',
      'text-wrap: pretty',
    ]);
  });
});

describe('the oldest supported browsers', () => {
  it('are those of the documents', () => {
    expect(minimumVersions).toMatchObject({ safari: 15.4, chrome: 100, firefox: 115 });
  });

  it.each([...used.keys()])('run %s.js, or it asks first', (name) => {
    const allowed = { ...ownNames, ...detectedInScripts['*'], ...detectedInScripts[name] };
    expect((used.get(name) ?? []).filter((feature) => !(feature in allowed))).toEqual([]);
  });

  it('understand the style sheet, or lose nothing that matters', () => {
    const found = newFeaturesOfStyle(style);
    const unknown = found.filter(
      ({ name, hasFallback }) => !(hasFallback ? name in behindFallback : name in ignoredInStyles),
    );
    expect(unknown).toEqual([]);
  });

  it('lack everything on the lists, and the pages use it', () => {
    const everywhere = new Set([...used.values()].flat());
    const listed = Object.entries(detectedInScripts).flatMap(([name, reasons]) =>
      Object.keys(reasons).filter(
        (feature) => !(name === '*' ? everywhere.has(feature) : used.get(name)?.includes(feature)),
      ),
    );
    const own = Object.keys(ownNames).filter((feature) => !everywhere.has(feature));
    const styled = newFeaturesOfStyle(style).map(({ name }) => name);
    const unstyled = Object.keys({ ...ignoredInStyles, ...behindFallback }).filter((name) => !styled.includes(name));
    expect({ listed, own, unstyled }).toEqual({ listed: [], own: [], unstyled: [] });
  });
});
