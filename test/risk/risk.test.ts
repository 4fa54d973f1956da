import { describe, expect, it } from 'vitest';
import { defaultQrPolicy } from '../../src/client/client.ts';
import { compareAddresses } from '../../src/risk/address.ts';
import { requirementsFor } from '../../src/risk/requirements.ts';
import { assessRisk, type RiskSignals } from '../../src/risk/risk.ts';

const calm: RiskSignals = {
  isBrowserKnown: true,
  isBrowserReported: false,
  comparison: 'same_address',
  channel: 'link',
  frameAgeSeconds: 3,
  secondScans: 0,
  recentTickets: 1,
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
  ] as const)('B15 calls %s %s', (_, signals, level) => {
    expect(assessRisk({ ...calm, ...signals }).level).toBe(level);
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

  it('B12 asks the confirmation code of a new browser unless both share a public address', () => {
    const ask = (change: object) => requirementsFor(defaultQrPolicy, { ...facts, ...change }).confirmationCode;
    expect(ask({})).toBe(false);
    expect(ask({ isBrowserKnown: false })).toBe(true);
    expect(ask({ isBrowserKnown: false, comparison: 'same_address' })).toBe(false);
    expect(ask({ risk: { level: 'moderate', reasons: [] }, comparison: 'same_address' })).toBe(true);
  });

  it('never lets a tap alone through at high risk, whatever the policy', () => {
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

  it('B14 keeps links out where the policy wants the scanner', () => {
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

  it('counts loopback as near in development only', () => {
    expect(compareAddresses('127.0.0.1', '::1', true)).toBe('same_address');
    expect(compareAddresses('127.0.0.1', '::1', false)).toBe('unknown');
  });
});
