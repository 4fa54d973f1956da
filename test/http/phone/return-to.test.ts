// Where a phone may return after it signed in: our own pages, exactly as we link them.
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from '../../../src/http/phone/phone-pages.ts';

describe('the page to return to after a sign-in', () => {
  it.each([
    '/q',
    '/q?scan',
    '/q/AbCdEfGhIjKlMnOpQrStU_.17.abcdefgh-_1',
    '/q/ask/AbCdEfGhIjKlMnOpQrStU_',
    '/account',
    '/account/recovery-codes',
    '/interaction/AbCdEfGhIjKlMnOpQrStU_',
  ])('may be %s', (path) => expect(safeReturnTo(path)).toBe(path));

  it.each([
    '',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/q',
    '/q/..',
    '/q/.',
    '/q/ask/..',
    '/q/x/../../admin',
    '/q/%2e%2e',
    '/q?scan&x',
    '/q#x',
    '/q?',
    '/q\n',
    '/q/',
    '/account/',
    '/account/../admin',
    '/admin',
    '/interaction/..',
    `/q/${'x'.repeat(65)}`,
  ])('is never %j', (path) => expect(safeReturnTo(path)).toBe('/q'));
});
