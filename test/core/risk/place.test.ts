// What two places say against each other and against the last approval.
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/core/place/place.ts';
import { comparePlaces, type LastApproval } from '../../../src/core/risk/place.ts';
import { buildPlace } from '../../store/records.ts';

const at = (country: string, latitude: number, longitude: number, change: Partial<Place> = {}): Place =>
  buildPlace(country, { latitude, longitude, ...change });
const berlin = at('DE', 52.52, 13.405);
const hamburg = at('DE', 53.551, 9.994);
const lagos = at('NG', 6.455, 3.394);
const newYork = at('US', 40.713, -74.006);
const hour = 3600;
const now = 1_800_000_000;

const last = (ago: number, browser: Place | null, phone: Place | null): LastApproval => ({
  browser,
  phone,
  at: now - ago,
});
const isImpossible = (browser: Place | null, phone: Place | null, before: LastApproval | null) =>
  comparePlaces({ browser, phone }, before, now).isTravelImpossible;

describe('the places of browser and phone', () => {
  it('B15 are compared if both are known', () => {
    const apart = comparePlaces({ browser: lagos, phone: berlin }, null, now);
    expect(apart).toMatchObject({ isSameCountry: false, isTravelImpossible: false, isBrowserInDataCentre: false });
    expect(apart.distanceKm).toBeGreaterThan(5000);
    expect(comparePlaces({ browser: berlin, phone: hamburg }, null, now)).toMatchObject({ isSameCountry: true });
    for (const [browser, phone] of [
      [null, berlin],
      [berlin, null],
      [null, null],
      [buildPlace('DE', { country: null }), berlin],
    ] as const) {
      expect(comparePlaces({ browser, phone }, null, now)).toMatchObject({ isSameCountry: null, distanceKm: null });
    }
  });

  it('B15 show which of them is in a data centre', () => {
    const machine = { ...berlin, isDataCentre: true };
    const both = comparePlaces({ browser: machine, phone: machine }, null, now);
    expect([both.isBrowserInDataCentre, both.isPhoneInDataCentre]).toEqual([true, true]);
    const phone = comparePlaces({ browser: berlin, phone: machine }, null, now);
    expect([phone.isBrowserInDataCentre, phone.isPhoneInDataCentre]).toEqual([false, true]);
  });
});

describe('travel since the last approval', () => {
  it('B15 is impossible if faster than an airliner, for the browser as for the phone', () => {
    expect(isImpossible(newYork, newYork, last(hour, berlin, berlin))).toBe(true);
    expect(isImpossible(berlin, newYork, last(hour, berlin, berlin))).toBe(true);
    expect(isImpossible(newYork, berlin, last(hour, berlin, berlin))).toBe(true);
    expect(isImpossible(newYork, null, last(hour, null, berlin))).toBe(true);
  });

  it('is possible by an airliner, over short distances, or if the account was at that other place', () => {
    expect(isImpossible(newYork, newYork, last(9 * hour, berlin, berlin))).toBe(false);
    expect(isImpossible(hamburg, hamburg, last(1, berlin, berlin))).toBe(false);
    expect(isImpossible(lagos, berlin, last(1, lagos, berlin))).toBe(false);
  });

  it('is not judged for a data centre, an unknown place or without an approval', () => {
    const machine = { ...newYork, isDataCentre: true };
    expect(isImpossible(machine, machine, last(1, berlin, berlin))).toBe(false);
    expect(isImpossible(berlin, berlin, last(1, machine, machine))).toBe(false);
    expect(isImpossible(null, null, last(1, berlin, berlin))).toBe(false);
    expect(isImpossible(buildPlace('US'), buildPlace('US'), last(1, berlin, berlin))).toBe(false);
    expect(isImpossible(newYork, newYork, null)).toBe(false);
  });

  it('takes a clock that went back as no elapsed time', () => {
    expect(isImpossible(newYork, newYork, last(-hour, berlin, berlin))).toBe(true);
  });
});
