// Every page as markup: what it always contains, whatever values it shows. Every template is checked against
// its view. The behaviour of pages is tested in test/e2e.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAssets } from '../../../src/http/kit/assets.ts';
import { type DrawnPage, everyPage, nonce } from '../../support/every-page.ts';

const locales = ['en', 'zh-CN'] as const;
const pages = { en: [] as DrawnPage[], 'zh-CN': [] as DrawnPage[] };

beforeAll(async () => {
  const assets = await createAssets();
  for (const locale of locales) pages[locale] = everyPage(assets, locale);
});

describe.each(locales)('every page in %s', (locale) => {
  it('F6 shows what comes from outside as text', () => {
    for (const { name, html } of pages[locale]) {
      expect(html, name).not.toContain('<script>alert');
      expect(html, name).not.toContain("<b a='");
      expect(html, name).not.toMatch(/href="javascript:/i);
    }
  });

  it('F2 has nothing inline that the content security policy would have to allow', () => {
    for (const { name, html } of pages[locale]) {
      expect(html, name).not.toMatch(/<[^>]*\sstyle=/i);
      expect(html, name).not.toMatch(/<[^>]*\son\w+=/i);
      for (const [tag] of html.matchAll(/<script[^>]*>/g)) {
        const isData = tag.includes('type="application/json"');
        expect(isData || (tag.includes('src="/assets/') && tag.includes(`nonce="${nonce}"`)), `${name}: ${tag}`).toBe(
          true,
        );
      }
    }
  });

  it('F4 loads from its own origin only', () => {
    for (const { name, html } of pages[locale]) {
      expect(html, name).not.toMatch(/<(img|link|script|iframe|source)[^>]*(src|href)="(https?:)?\/\//);
    }
  });

  it('is complete: language, title, one heading, no placeholder left unfilled', () => {
    for (const { name, html } of pages[locale]) {
      expect(html, name).toContain(`<html lang="${locale}"`);
      expect(html, name).toMatch(/<title>[^<]+ · Tessera<\/title>/);
      // Texts for scripts keep their holes: JSON, templates and the attributes `data-…`.
      const shown = html
        .replace(/<script type="application\/json"[\s\S]*?<\/script>|<template[\s\S]*?<\/template>/g, '')
        .replace(/ data-[\w-]+="[^"]*"/g, '')
        // The script shows this part in place of the other.
        .replace(/<div class="codes-part" id="made" hidden>[\s\S]*/, '');
      if (!name.startsWith('phone.review')) expect(shown.match(/<h1/g), name).toHaveLength(1);
      expect(shown, name).not.toMatch(/undefined|\[object|\{\w+\}/);
    }
  });
});

const folder = join(import.meta.dirname, '../../../views');
const templates = globSync('**/*.eta', { cwd: folder }).map((file) => file.replace(/\.eta$/, ''));
const sourceOf = (template: string) => readFileSync(join(folder, `${template}.eta`), 'utf8');
const isPage = (template: string) => template !== 'kit/layout' && !template.startsWith('partials/');

describe('every template', () => {
  it('is drawn by exactly one view function', () => {
    const functions = new Map<string, Set<string>>();
    for (const { template, by } of pages.en) functions.set(template, (functions.get(template) ?? new Set()).add(by));
    const shared = ['kit/error', 'kit/message', 'kit/onward'];
    expect([...functions.keys()].sort()).toEqual(templates.filter(isPage).sort());
    for (const [template, by] of functions) if (!shared.includes(template)) expect([...by], template).toHaveLength(1);
  });

  it('reads only fields of its view, in every case', () => {
    for (const { name, template, data } of pages.en.filter((page) => !page.template.startsWith('kit/'))) {
      const given = new Set([...Object.keys(data), ...ofEveryPage]);
      const missing = [...readsOf(template)].filter((read) => !given.has(read));
      expect(missing, name).toEqual([]);
    }
    // The kit draws these by itself.
    const ownReads = (template: string) => [...readsOf(template)].filter((read) => !ofEveryPage.includes(read)).sort();
    expect(ownReads('kit/message')).toEqual(['message', 'title']);
    expect(ownReads('kit/error')).toEqual(['action', 'code', 'details', 'message', 'reference', 'title']);
  });

  it('is included by a page, when it is a part of pages', () => {
    const included = new Set<string>();
    const visit = (template: string): void => {
      for (const { part } of includesOf(sourceOf(template))) {
        if (!included.has(part)) visit(part);
        included.add(part);
      }
    };
    for (const template of templates.filter((each) => !each.startsWith('partials/'))) visit(template);
    // The mail's sheet is drawn by i18n/mail.
    const parts = templates.filter((each) => each.startsWith('partials/') && each !== 'partials/mail');
    expect([...included].sort()).toEqual(parts.sort());
  });
});

/** What kit/pages.ts adds to every view. */
const ofEveryPage = ['all', 'fill', 'strong'];

/** Arguments that a part takes where its page gives them. */
const optional: Readonly<Record<string, readonly string[]>> = {
  'partials/account/top': ['lead', 'said'],
  'partials/console/client-box': ['isOff', 'words'],
  'partials/console/client-group': ['isShown'],
  'partials/console/client-radios': ['key'],
  'partials/console/client-lines': ['hint', 'isChecked', 'placeholder', 'rows'],
  'partials/console/client-text': ['hint', 'isChecked', 'isRequired', 'max', 'placeholder', 'type'],
};
const settingsParts = ['basics', 'addresses', 'asks', 'sign-in', 'tokens', 'proof'];

type Include = { readonly part: string; readonly isSpread: boolean; readonly given: readonly string[] };

/** The parts that a template includes, and the names that it gives to each. */
function includesOf(source: string): Include[] {
  return [...source.matchAll(/include\('@([\w/-]+)'( \+ it\.part)?(, )?/g)].flatMap((found) => {
    const [whole, part = '', isOneOfMany, hasArgument] = found;
    const argument = hasArgument ? source.slice(found.index + whole.length) : '';
    const include = { isSpread: /^(it\b|\{ \.\.\.it\b)/.test(argument), given: keysOf(argument) };
    return isOneOfMany ? settingsParts.map((each) => ({ part: `${part}${each}`, ...include })) : [{ part, ...include }];
  });
}

/** The keys of the object literal at the beginning of a text, nested ones left out. */
function keysOf(text: string): string[] {
  if (!text.startsWith('{')) return [];
  let [depth, flat] = [0, ''];
  for (const sign of text) {
    if ('{(['.includes(sign)) depth++;
    if (depth === 1) flat += sign;
    if ('})]'.includes(sign) && --depth === 0) break;
  }
  return [...flat.matchAll(/[{,]\s*(\w+)\s*(?=[:,}])/g)].map(([, key = '']) => key);
}

/** Every `it.name` that a template needs from its view, those of its parts included. */
function readsOf(template: string): Set<string> {
  const source = sourceOf(template);
  const reads = new Set([...source.matchAll(/\bit\.(\w+)/g)].map(([, name = '']) => name));
  for (const { part, isSpread, given } of includesOf(source)) {
    for (const read of readsOf(part)) if (isSpread && !given.includes(read)) reads.add(read);
  }
  for (const name of optional[template] ?? []) reads.delete(name);
  return reads;
}
