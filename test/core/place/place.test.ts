// Places and the records they are made of: distances, and records that lack fields or hold nonsense.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceKm } from '../../../src/core/place/place.ts';
import { placeFrom } from '../../../src/core/place/place-record.ts';
import { buildPlace } from '../../store/records.ts';

const at = (latitude: number, longitude: number) => buildPlace('DE', { latitude, longitude });
const isHosting = (asn: number) => asn === 24940;
const city = (change: object = {}) => ({
  city: { names: { en: 'Munich', 'zh-CN': '慕尼黑', de: 'München' } },
  country: { iso_code: 'DE' },
  location: { latitude: 48.137, longitude: 11.575, accuracy_radius: 20 },
  ...change,
});

describe('distances', () => {
  it.each([
    ['Berlin to Hamburg', at(52.52, 13.405), at(53.551, 9.994), 255],
    ['across the date line', at(0, 179.5), at(0, -179.5), 111],
    ['to the other end of the Earth', at(90, 0), at(-90, 0), 20_015],
    ['to itself', at(52.52, 13.405), at(52.52, 13.405), 0],
  ])('%s', (_, a, b, km) => {
    expect(distanceKm(a, b)).toBeCloseTo(km, -1);
    expect(distanceKm(b, a)).toBeCloseTo(km, -1);
  });

  it('are unknown if a place is unknown', () => {
    expect(distanceKm(at(0, 0), null)).toBeNull();
    expect(distanceKm(at(0, 0), buildPlace('DE'))).toBeNull();
  });
});

describe('records', () => {
  it('of several databases are merged into one place', () => {
    const asn = { autonomous_system_number: 24940, autonomous_system_organization: 'Hetzner Online GmbH' };
    expect(placeFrom([city(), asn, null], isHosting)).toEqual({
      country: 'DE',
      city: { en: 'Munich', 'zh-CN': '慕尼黑' },
      latitude: 48.137,
      longitude: 11.575,
      network: 'Hetzner Online GmbH',
      asn: 24940,
      isDataCentre: true,
    });
  });

  it.each([
    [{ is_hosting_provider: true }, true],
    [{ is_anonymous_vpn: true }, true],
    [{ traits: { is_hosting_provider: true } }, true],
    [{ is_hosting_provider: 'true' }, false],
    [{ traits: { autonomous_system_number: 24940 } }, true],
    [{ autonomous_system_number: 3320 }, false],
  ])('B15 %j marks a data centre: %s', (record, expected) => {
    expect(placeFrom([city(), record], isHosting)?.isDataCentre).toBe(expected);
  });

  it('without a city, or with a large radius, give no distances', () => {
    for (const change of [
      { city: undefined },
      { city: { names: {} } },
      { location: undefined },
      { location: { latitude: 48 } },
      { location: { latitude: 480, longitude: 11 } },
      { location: { latitude: Number.NaN, longitude: 11 } },
      { location: { latitude: 48, longitude: 11, accuracy_radius: 1000 } },
    ])
      expect(placeFrom([city(change)], isHosting)).toMatchObject({ country: 'DE', latitude: null, longitude: null });
  });

  it('B10 have names of one short plain line', () => {
    const names = { en: `\u202eevil\u0007 \n <b>${'x'.repeat(100)}` };
    const place = placeFrom([city({ city: { names } })], isHosting);
    expect(place?.city?.en).toHaveLength(60);
    expect(place?.city?.en).toMatch(/^evil <b>x+…$/);
    const blank = { names: { en: '\u200b', de: 'München' } };
    expect(placeFrom([city({ city: blank })], isHosting)?.city).toEqual({ en: 'München' });
  });

  it('without content give no place, and no record throws', () => {
    expect(placeFrom([], isHosting)).toBeNull();
    expect(placeFrom([null, {}, { country: { iso_code: 'de' } }, 'text', 7, []], isHosting)).toBeNull();
    const keys = ['country', 'city', 'names', 'en', 'location', 'latitude', 'traits', 'isp', 'iso_code'];
    const odd = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.string(),
        fc.double(),
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom(...keys), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 3 }), (records) => {
        const place = placeFrom(records, isHosting);
        if (place?.country) expect(place.country).toMatch(/^[A-Z]{2}$/);
        if (place?.latitude != null) expect(Math.abs(place.latitude)).toBeLessThanOrEqual(90);
      }),
    );
  });
});
