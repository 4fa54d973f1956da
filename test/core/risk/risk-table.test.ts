// Every reason of risk at its boundary, and every level that reasons reach together (security.md B15).
import { describe, expect, it } from 'vitest';
import { assessRisk, oneLevelStricter, type RiskSignals } from '../../../src/core/risk/risk.ts';

const calm: RiskSignals = {
  isBrowserKnown: true,
  isBrowserReported: false,
  comparison: 'same_address',
  channel: 'scanner',
  frameAgeSeconds: 0,
  secondScans: 0,
  recentTickets: 0,
  isSameCountry: true,
  distanceKm: 0,
  isTravelImpossible: false,
  isBrowserInDataCentre: false,
  isPhoneInDataCentre: false,
};

describe('the reasons', () => {
  it.each([
    ['nothing', {}, []],
    ['a new browser', { isBrowserKnown: false }, ['browser_new']],
    ['a reported browser', { isBrowserReported: true }, ['browser_reported']],
    ['an unknown comparison', { comparison: 'unknown' }, []],
    ['a different address', { comparison: 'different_address' }, ['address_differs']],
    ['a link', { channel: 'link' }, ['opened_from_link']],
    ['a typed code', { channel: 'user_code', frameAgeSeconds: null }, ['code_typed']],
    ['an ask', { channel: 'ask' }, []],
    ['a picture of 15 s', { frameAgeSeconds: 15 }, []],
    ['a picture of 16 s', { frameAgeSeconds: 16 }, ['frame_old']],
    ['one second scan', { secondScans: 1 }, ['second_scan']],
    ['200 codes', { recentTickets: 200 }, []],
    ['201 codes', { recentTickets: 201 }, ['many_codes_from_address']],
    ['another country', { isSameCountry: false }, ['country_differs']],
    ['an unknown country', { isSameCountry: null }, []],
    ['500 km', { distanceKm: 500 }, []],
    ['501 km', { distanceKm: 501 }, ['far_apart']],
    ['an unknown distance', { distanceKm: null }, []],
    ['impossible travel', { isTravelImpossible: true }, ['travel_impossible']],
    ['a browser in a data centre', { isBrowserInDataCentre: true }, ['browser_in_data_centre']],
    ['a phone in a data centre', { isPhoneInDataCentre: true }, ['phone_in_data_centre']],
  ] as const)('B15 of %s', (_, change, reasons) => {
    expect(assessRisk({ ...calm, ...change }).reasons).toEqual(reasons);
  });
});

describe('the level', () => {
  const signals: Record<string, Partial<RiskSignals>> = {
    browser_new: { isBrowserKnown: false },
    browser_reported: { isBrowserReported: true },
    address_differs: { comparison: 'different_address' },
    opened_from_link: { channel: 'link' },
    code_typed: { channel: 'user_code', frameAgeSeconds: null },
    frame_old: { frameAgeSeconds: 20 },
    second_scan: { secondScans: 1 },
    many_codes_from_address: { recentTickets: 201 },
    country_differs: { isSameCountry: false },
    far_apart: { distanceKm: 600 },
    travel_impossible: { isTravelImpossible: true },
    browser_in_data_centre: { isBrowserInDataCentre: true },
    phone_in_data_centre: { isPhoneInDataCentre: true },
  };

  const alone: Record<string, string> = {
    browser_new: 'low',
    browser_reported: 'high',
    address_differs: 'low',
    opened_from_link: 'low',
    code_typed: 'low',
    frame_old: 'low',
    second_scan: 'moderate',
    many_codes_from_address: 'moderate',
    country_differs: 'moderate',
    far_apart: 'low',
    travel_impossible: 'moderate',
    browser_in_data_centre: 'moderate',
    phone_in_data_centre: 'low',
  };

  it.each(Object.entries(alone))('B15 of %s alone is %s', (reason, level) => {
    expect(assessRisk({ ...calm, ...signals[reason] })).toEqual({ level, reasons: [reason] });
  });

  it.each([
    ['browser_new, frame_old', 'moderate'],
    ['browser_new, far_apart', 'moderate'],
    ['browser_new, phone_in_data_centre', 'moderate'],
    ['browser_new, address_differs', 'low'],
    ['browser_new, code_typed', 'low'],
    ['browser_new, opened_from_link', 'low'],
    ['browser_new, code_typed, address_differs', 'moderate'],
    ['code_typed, address_differs', 'low'],
    ['browser_new, many_codes_from_address', 'moderate'],
    ['many_codes_from_address, address_differs', 'moderate'],
    ['browser_new, many_codes_from_address, address_differs', 'high'],
    ['browser_new, browser_in_data_centre', 'moderate'],
    ['browser_new, country_differs', 'moderate'],
    ['browser_in_data_centre, country_differs', 'moderate'],
    ['browser_new, browser_in_data_centre, country_differs', 'high'],
    ['second_scan, browser_reported', 'high'],
  ])('B15 of %s is %s', (reasons, level) => {
    const change = Object.assign({}, ...reasons.split(', ').map((reason) => signals[reason]));
    expect(assessRisk({ ...calm, ...change }).level).toBe(level);
  });

  it.each([
    ['low', 'moderate'],
    ['moderate', 'high'],
    ['high', 'high'],
  ] as const)('of a screen is one stricter: %s becomes %s', (level, stricter) => {
    const reasons = ['browser_new'] as const;
    expect(oneLevelStricter({ level, reasons })).toEqual({ level: stricter, reasons });
  });
});
