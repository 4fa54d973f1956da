// The overview's own rules: what is a warning, under which address a page was asked for, how tall a bar is.
import { describe, expect, it } from 'vitest';
import { outcomesOf } from '../../../../src/core/statistics/statistic.ts';
import { askedAddress } from '../../../../src/http/console/asked-address.ts';
import { chartOf } from '../../../../src/http/console/overview/overview-chart.ts';
import { type Facts, warningsOf } from '../../../../src/http/console/overview/overview-warnings.ts';
import type { Context } from '../../../../src/http/kit/context.ts';

const now = 1_800_000_000;
const day = 86_400;
const good: Facts = {
  now,
  issuer: 'https://id.example.com',
  environment: 'production',
  asked: { host: 'id.example.com', scheme: 'https' },
  isProxyUnknown: false,
  keys: [
    { alg: 'RS256', state: 'current', signsFrom: now - 89 * day },
    { alg: 'RS256', state: 'previous', signsFrom: now - 179 * day },
  ],
  rotationSeconds: 90 * day,
  storeTime: now + 5,
  logoutsGivenUp: 0,
  placeProblems: [],
  isMailOn: true,
  undelivered: 0,
  administrators: 2,
  hasPasskey: true,
};
const codes = (change: Partial<Facts>) => warningsOf({ ...good, ...change }).map(({ code }) => code);

describe('warnings', () => {
  it('are absent when all is well, or when nothing is known', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ asked: { host: null, scheme: null }, storeTime: null })).toEqual([]);
  });

  it('name the address and the scheme that were used instead', () => {
    const [host, scheme] = warningsOf({ ...good, asked: { host: 'other.example', scheme: 'http' } });
    expect(host).toEqual({
      code: 'issuer_host',
      weight: 'warning',
      facts: { issuer: good.issuer, host: 'other.example' },
    });
    expect(scheme).toMatchObject({ code: 'issuer_scheme', facts: { scheme: 'http' } });
    expect(codes({ isProxyUnknown: true })).toEqual(['proxy_unknown']);
  });

  it.each([
    ['https://id.example.com', true],
    ['https://203.0.113.9', true],
    ['https://[2a01:4f8::1]', true],
    ['http://localhost:3000', false],
    ['http://127.0.0.1:3000', false],
    ['https://[::1]', false],
    ['https://192.168.1.7:3000', false],
    ['https://[fd00::7]', false],
    ['https://id.test', false],
    ['https://printer.local', false],
  ])('at %s the development configuration is one: %s', (issuer, isOne) => {
    const asked = { host: null, scheme: null };
    expect(codes({ issuer, asked, environment: 'development' })).toEqual(isOne ? ['development_public'] : []);
    expect(codes({ issuer, asked })).toEqual([]);
  });

  it('appear when clocks differ by more than the tolerance', () => {
    expect(codes({ storeTime: now - 5 })).toEqual([]);
    expect(warningsOf({ ...good, storeTime: now - 6 })).toMatchObject([{ code: 'clock_off', facts: { seconds: 6 } }]);
  });

  it('appear for overdue rotations, and announce keys that sign soon', () => {
    const old = { alg: 'RS256', state: 'current', signsFrom: now - 91 * day };
    expect(codes({ keys: [old] })).toEqual(['keys_overdue']);
    const next = { alg: 'RS256', state: 'next', signsFrom: now + 60 };
    expect(warningsOf({ ...good, keys: [old, next] })).toEqual([
      { code: 'keys_due', weight: 'note', facts: { at: now + 60 } },
    ]);
  });

  it('appear when mail is off or not delivered', () => {
    expect(warningsOf({ ...good, isMailOn: false })).toEqual([{ code: 'mail_off', weight: 'note', facts: {} }]);
    expect(warningsOf({ ...good, undelivered: 2 })).toMatchObject([{ code: 'mails_undelivered', facts: { count: 2 } }]);
  });

  it('appear for undelivered sign-outs, and for a single administrator', () => {
    expect(codes({ logoutsGivenUp: 3, administrators: 1 })).toEqual(['logouts_given_up', 'one_administrator']);
    expect(codes({ administrators: 0 })).toEqual([]);
    expect(codes({ hasPasskey: false })).toEqual(['no_passkey']);
  });
});

describe('the address that a page was asked for', () => {
  const asked = (headers: Record<string, string>, address = '127.0.0.1') =>
    // As much of a context as it reads.
    askedAddress({
      req: { rawHeaders: Object.entries(headers).flat(), socket: { remoteAddress: '::ffff:127.0.0.1' } },
      state: { address },
    } as unknown as Context);

  it('is what the outermost proxy reports', () => {
    expect(asked({ 'X-Forwarded-Host': 'ID.Example, inner', 'x-forwarded-proto': 'HTTP' })).toEqual({
      host: 'id.example',
      scheme: 'http',
      isProxyUnknown: false,
    });
    expect(asked({})).toEqual({ host: null, scheme: null, isProxyUnknown: false });
    expect(asked({ 'x-forwarded-host': 'x'.repeat(5000) }).host).toHaveLength(100);
  });

  it('reveals a proxy that is not trusted', () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    expect(asked(headers).isProxyUnknown).toBe(true);
    expect(asked(headers, '198.51.100.7').isProxyUnknown).toBe(false);
    expect(asked({ 'x-forwarded-for': 'nonsense' }).isProxyUnknown).toBe(false);
  });
});

describe('a chart', () => {
  it('stacks outcomes from the bottom, inside its box', () => {
    const buckets = outcomesOf(
      [
        { at: 0, counts: { shown: 30, approved: 12, denied: 3 } },
        { at: 1, counts: {} },
        { at: 2, counts: { shown: 226, approved: 200 } },
      ],
      0,
    );
    const { bars, top, height, width } = chartOf(buckets);
    expect([top, height, width]).toEqual([250, 100, 30]);
    expect(bars.map(({ layer, y, height: tall }) => [layer, y, tall])).toEqual([
      ['approved', 95.2, 4.8],
      ['denied', 94, 1.2],
      ['expired', 88, 6],
      ['approved', 20, 80],
      ['expired', 9.6, 10.4],
    ]);
  });

  it.each([
    [0, 1],
    [1, 1],
    [3, 3],
    [7, 8],
    [11, 15],
    [101, 150],
    [1000, 1000],
    [8001, 10_000],
  ])('of %d at most ends at %d', (shown, top) => {
    expect(chartOf(outcomesOf([{ at: 0, counts: { shown } }], 0)).top).toBe(top);
  });

  it('draws nothing without data', () => {
    expect(chartOf([]).bars).toEqual([]);
  });
});
