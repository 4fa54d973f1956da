// The language of a page, and that every language says the same things.
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../src/http/kit/refusals.ts';
import { chooseLocale, messagesOf } from '../../src/i18n/locale.ts';

describe('chooseLocale', () => {
  it.each([
    ['', undefined, 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', undefined, 'zh-CN'],
    ['en-GB,en;q=0.9', undefined, 'en'],
    ['de,fr;q=0.9', undefined, 'en'],
    ['de,zh;q=0.4,en;q=0.5', undefined, 'en'],
    ['en;q=0.1, zh-Hans;q=0.9', undefined, 'zh-CN'],
    ['zh;q=0, en', undefined, 'en'],
    ['en', 'zh-CN en', 'zh-CN'],
    ['zh', ['fr', 'en'], 'en'],
    ['zh', ['fr'], 'zh-CN'],
    ['zh', [], 'zh-CN'],
    ['zh', null, 'zh-CN'],
    [';;;q=,,;q=x,zh;q=nonsense', '<script>', 'en'],
    [`${'x'.repeat(5000)},zh`, undefined, 'en'],
  ] as const)('Accept-Language %j and ui_locales %j give %s', (header, asked, expected) => {
    expect(chooseLocale(header, asked)).toBe(expected);
  });
});

type Node = string | { readonly [key: string]: Node };
const flat = (node: Node, path = ''): [string, string][] =>
  typeof node === 'string'
    ? [[path, node]]
    : Object.entries(node).flatMap(([key, child]) => flat(child, `${path}.${key}`));

describe('the messages', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

  it('say the same in every language: the same keys, with the same values to fill in', () => {
    const chinese = new Map(flat(messagesOf['zh-CN']));
    for (const [key, text] of flat(messagesOf.en)) {
      const translated = chinese.get(key);
      expect(translated, key).toBeTruthy();
      expect(placeholders(translated ?? ''), key).toEqual(placeholders(text));
    }
    expect(chinese.size).toBe(flat(messagesOf.en).length);
  });

  it('have words for every refusal', () => {
    for (const { refusals } of Object.values(messagesOf)) {
      expect(Object.keys(refusals).sort()).toEqual(Object.keys(statusOf).sort());
    }
  });

  it('are translated, not left in English', () => {
    const left = flat(messagesOf['zh-CN']).filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(left).toEqual([['.page.product', 'Tessera']]);
  });
});
