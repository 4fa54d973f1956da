// JSON from outside that is nested deeper than anything needs.
import { describe, expect, it } from 'vitest';
import { isNestedTooDeeply } from '../src/json-nesting.ts';

const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('isNestedTooDeeply', () => {
  it.each([
    ['32 lists', lists(32), false],
    ['33 lists', lists(33), true],
    ['33 objects', objects(33), true],
    ['a million lists', lists(1_000_000), true],
    ['many lists beside each other', `[${Array(1000).fill('[]').join()}]`, false],
    ['brackets in a string', JSON.stringify({ text: '[{'.repeat(100) }), false],
    ['brackets after an escaped quote', JSON.stringify({ text: `"${'['.repeat(100)}` }), false],
    ['brackets after an escaped backslash', `{"text":"\\\\",${lists(40)}`, true],
    ['a text that is no JSON', '"'.repeat(100_001), false],
    ['an empty text', '', false],
  ])('%s', (_title, json, isTooDeep) => expect(isNestedTooDeeply(json)).toBe(isTooDeep));
});
