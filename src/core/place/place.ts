// Where on Earth an address seems to be, and in whose network: as good as the database the operator supplied, and never a proof of anything.
// Pure.

export type Place = {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** By language, as the database has them: `en`, `zh-CN`. */
  readonly city: CityNames | null;
  /** Degrees; null, both, where the database knows no better than the country. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Who runs the network. */
  readonly network: string | null;
  /** Its autonomous system. */
  readonly asn: number | null;
  /** A network of machines rather than people: hosting, or a VPN's end. */
  readonly isDataCentre: boolean;
};

export type CityNames = { readonly en: string; readonly 'zh-CN'?: string };

/** Null where nothing is known: private addresses, no database, none of this address. Never throws, never waits. */
export type PlaceOf = (address: string) => Place | null;

const earthRadiusKm = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Along the surface, by the haversine formula; null where one of them is not known that well. */
export function distanceKm(a: Place | null, b: Place | null): number | null {
  if (a?.latitude == null || a.longitude === null || b?.latitude == null || b.longitude === null) return null;
  const halfLatitude = Math.sin(radians(b.latitude - a.latitude) / 2);
  const halfLongitude = Math.sin(radians(b.longitude - a.longitude) / 2);
  const share = halfLatitude ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * halfLongitude ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(Math.min(1, share)));
}
