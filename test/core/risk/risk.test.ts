import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultQrPolicy } from '../../../src/core/client/client.ts';
import { compareAddresses, truncateAddress } from '../../../src/core/risk/address.ts';
import { requirementsFor } from '../../../src/core/risk/requirements.ts';
import { assessRisk, type RiskSignals } from '../../../src/core/risk/risk.ts';

const calm: RiskSignals = {
  isBrowserKnown: true,
  isBrowserReported: false,
  comparison: 'same_address',
  channel: 'link',
  frameAgeSeconds: 3,
  secondScans: 0,
  recentTickets: 1,
  isSameCountry: true,
  distanceKm: 0,
  isTravelImpossible: false,
  isBrowserInDataCentre: false,
  isPhoneInDataCentre: false,
};

describe('risk', () => {
  it.each([
    ['a known browser nearby', {}, 'low'],
    ['a new browser nearby', { isBrowserKnown: false }, 'low'],
    ['a reported browser', { isBrowserReported: true }, 'high'],
    ['a second scan', { secondScans: 1 }, 'moderate'],
    ['an old picture on a new browser', { isBrowserKnown: false, frameAgeSeconds: 20 }, 'moderate'],
    ['an old picture on a known browser', { frameAgeSeconds: 20 }, 'low'],
    [
      'a typed code on a new browser far away',
      { isBrowserKnown: false, channel: 'user_code', frameAgeSeconds: null, comparison: 'different_address' },
      'moderate',
    ],
    ['codes in bulk', { recentTickets: 201 }, 'moderate'],
    [
      'codes in bulk to a new browser far away',
      { recentTickets: 201, isBrowserKnown: false, comparison: 'different_address' },
      'high',
    ],
    ['a known browser in another country', { isSameCountry: false }, 'moderate'],
    ['a new browser in another country', { isSameCountry: false, isBrowserKnown: false }, 'moderate'],
    ['a known browser in a data centre', { isBrowserInDataCentre: true }, 'moderate'],
    ['a new browser in a data centre', { isBrowserInDataCentre: true, isBrowserKnown: false }, 'moderate'],
    [
      'a new browser in a data centre of another country',
      { isBrowserInDataCentre: true, isSameCountry: false, isBrowserKnown: false },
      'high',
    ],
    [
      'a known browser behind a VPN that ends in another country',
      { isBrowserInDataCentre: true, isSameCountry: false, distanceKm: 6000, isTravelImpossible: true },
      'moderate',
    ],
    ['a phone behind a VPN, and a known browser', { isPhoneInDataCentre: true }, 'low'],
    ['a phone behind a VPN, and a new browser', { isPhoneInDataCentre: true, isBrowserKnown: false }, 'moderate'],
    ['a known browser far from the phone’s gateway', { distanceKm: 600 }, 'low'],
    ['a new browser far from the phone’s gateway', { distanceKm: 600, isBrowserKnown: false }, 'moderate'],
    ['a new browser in the next city', { distanceKm: 500, isBrowserKnown: false }, 'low'],
    ['an account that was elsewhere a moment ago', { isTravelImpossible: true }, 'moderate'],
    ['places that nobody knows', { isSameCountry: null, distanceKm: null }, 'low'],
  ] as const)('B15 calls %s %s', (_, signals, level) => {
    expect(assessRisk({ ...calm, ...signals }).level).toBe(level);
  });
});

describe('risk, in any combination', () => {
  const order = { low: 0, moderate: 1, high: 2 } as const;
  const signals: fc.Arbitrary<RiskSignals> = fc.record({
    isBrowserKnown: fc.boolean(),
    isBrowserReported: fc.boolean(),
    comparison: fc.constantFrom('same_address', 'different_address', 'unknown'),
    channel: fc.constantFrom('scanner', 'link', 'user_code'),
    frameAgeSeconds: fc.option(fc.nat(30)),
    secondScans: fc.nat(2),
    recentTickets: fc.nat(400),
    isSameCountry: fc.option(fc.boolean()),
    distanceKm: fc.option(fc.nat(20_000)),
    isTravelImpossible: fc.boolean(),
    isBrowserInDataCentre: fc.boolean(),
    isPhoneInDataCentre: fc.boolean(),
  });
  const worse: readonly Partial<RiskSignals>[] = [
    { isBrowserKnown: false },
    { isBrowserReported: true },
    { comparison: 'different_address' },
    { channel: 'user_code' },
    { frameAgeSeconds: 30 },
    { secondScans: 1 },
    { recentTickets: 500 },
    { isSameCountry: false },
    { distanceKm: 20_000 },
    { isTravelImpossible: true },
    { isBrowserInDataCentre: true },
    { isPhoneInDataCentre: true },
  ];

  it('B15 never decreases with an additional reason', () => {
    fc.assert(
      fc.property(signals, fc.constantFrom(...worse), (before, more) => {
        const [less, after] = [assessRisk(before), assessRisk({ ...before, ...more })];
        expect(order[after.level]).toBeGreaterThanOrEqual(order[less.level]);
      }),
      { numRuns: 2000 },
    );
  });

  it('lists each reason once, and no reason only at low risk', () => {
    fc.assert(
      fc.property(signals, (given) => {
        const { level, reasons } = assessRisk(given);
        expect(new Set(reasons).size).toBe(reasons.length);
        expect(reasons.length > 0 || level === 'low').toBe(true);
      }),
    );
  });
});

describe('requirements', () => {
  const low = { level: 'low', reasons: [] } as const;
  const facts = {
    risk: low,
    isBrowserKnown: true,
    comparison: 'unknown',
    channel: 'link',
    verification: 'no',
  } as const;

  it('B12 include the confirmation code for a new browser unless both share a public address', () => {
    const ask = (change: object) => requirementsFor(defaultQrPolicy, { ...facts, ...change }).confirmationCode;
    expect(ask({})).toBe(false);
    expect(ask({ isBrowserKnown: false })).toBe(true);
    expect(ask({ isBrowserKnown: false, comparison: 'same_address' })).toBe(false);
    expect(ask({ risk: { level: 'moderate', reasons: [] }, comparison: 'same_address' })).toBe(true);
  });

  it('never accept a tap alone at high risk, whatever the policy', () => {
    const policy = { ...defaultQrPolicy, qr_user_verification: 'none', qr_confirmation: 'never' } as const;
    expect(requirementsFor(policy, { ...facts, risk: { level: 'high', reasons: [] } }).userVerification).toBe(true);
  });

  // What is asked at low and moderate risk; at high risk it is always a passkey.
  it.each([
    ['auto', 'no', false],
    ['auto', 'asked', true],
    ['auto', 'demanded', true],
    ['required', 'no', true],
    ['required', 'asked', true],
    ['required', 'demanded', true],
    ['none', 'no', false],
    ['none', 'asked', false],
    ['none', 'demanded', true],
  ] as const)(
    'B13 with qr_user_verification %s and verification %s asks for a passkey: %s',
    (policy, verification, isAsked) => {
      const qr = { ...defaultQrPolicy, qr_user_verification: policy };
      for (const level of ['low', 'moderate', 'high'] as const) {
        const { userVerification } = requirementsFor(qr, { ...facts, verification, risk: { level, reasons: [] } });
        expect(userVerification, level).toBe(isAsked || level === 'high');
      }
    },
  );

  it('B14 exclude links where the policy requires the scanner', () => {
    const policy = { ...defaultQrPolicy, qr_scanner: 'in_app' } as const;
    expect(requirementsFor(policy, facts).scanner).toBe(true);
    expect(requirementsFor(policy, { ...facts, channel: 'user_code' }).scanner).toBe(true);
    expect(requirementsFor(policy, { ...facts, channel: 'scanner' }).scanner).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    ['8.8.8.8', '8.8.8.8', 'same_address'],
    ['8.8.8.8', '::ffff:8.8.8.8', 'same_address'],
    ['8.8.8.8', '8.8.4.4', 'different_address'],
    ['10.0.0.1', '10.0.0.1', 'unknown'],
    ['192.168.1.2', '192.168.1.2', 'unknown'],
    ['100.64.0.1', '100.64.0.1', 'unknown'],
    ['127.0.0.1', '127.0.0.1', 'unknown'],
    ['2600:1:2:3::1', '2600:1:2:3:ffff::9', 'same_address'],
    ['2600:1:2:3::1', '2600:1:2:4::1', 'different_address'],
    ['fe80::1', 'fe80::1', 'unknown'],
    ['nonsense', 'nonsense', 'unknown'],
  ])('compares %s with %s as %s', (left, right, expected) => {
    expect(compareAddresses(left, right, false)).toBe(expected);
  });

  it.each([
    ['84.1.2.3', '84.1.2.0/24'],
    ['::ffff:84.1.2.3', '84.1.2.0/24'],
    ['2600:1:2:3::1', '2600:1:2::/48'],
    ['2600::7', '2600:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['nonsense', ''],
  ])('records %s truncated as %s', (address, expected) => {
    expect(truncateAddress(address)).toBe(expected);
  });

  it('counts loopback as the same network in development only', () => {
    expect(compareAddresses('127.0.0.1', '::1', true)).toBe('same_address');
    expect(compareAddresses('127.0.0.1', '::1', false)).toBe('unknown');
  });
});
