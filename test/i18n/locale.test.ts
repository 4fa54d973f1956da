// The language of a page, and that every language says the same things.
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../src/http/kit/refusals.ts';
import { readEntries } from '../../src/i18n/catalogue.ts';
import { chooseLocale, messagesOf } from '../../src/i18n/locale.ts';
import { argumentsOf } from '../../src/i18n/message.ts';
import { leavesOf } from '../support/message-types.ts';

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

describe('the messages', () => {
  it('have the same keys and the same arguments in every language', () => {
    const chinese = new Map(leavesOf(readEntries('zh-CN')));
    const english = leavesOf(readEntries('en'));
    for (const [key, icu] of english) {
      const translated = chinese.get(key);
      expect(translated, key).toBeTruthy();
      expect(argumentsOf(translated ?? ''), key).toEqual(argumentsOf(icu));
    }
    expect(chinese.size).toBe(english.length);
  });

  it('have a text for every refusal', () => {
    for (const { refusals } of Object.values(messagesOf)) {
      expect(Object.keys(refusals).sort()).toEqual(Object.keys(statusOf).sort());
    }
  });

  it('are translated, not left in English', () => {
    const left = leavesOf(readEntries('zh-CN')).filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(left).toEqual([['page.product', 'Tessera']]);
  });
});
