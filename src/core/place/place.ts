// Where an address seems to be, and in whose network. It is as accurate as the database that the operator
// supplied, and never a proof. Pure.

export type Place = {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** The city's name by language, as the database has it. */
  readonly city: CityNames | null;
  /** Degrees. Both are null when the database knows only the country. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** The organisation that runs the network. */
  readonly network: string | null;
  /** The number of its autonomous system. */
  readonly asn: number | null;
  /** A network of machines instead of people: hosting, or the exit of a VPN. */
  readonly isDataCentre: boolean;
};

export type CityNames = { readonly en: string; readonly 'zh-CN'?: string };

/**
 * Returns the place of an address, or null for private and unknown addresses and without a database.
 * Synchronous; never throws.
 */
export type PlaceOf = (address: string) => Place | null;

const earthRadiusKm = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres along the surface (haversine formula). Null when a point is unknown. */
export function distanceKm(a: Place | null, b: Place | null): number | null {
  if (a?.latitude == null || a.longitude === null || b?.latitude == null || b.longitude === null) return null;
  const halfLatitude = Math.sin(radians(b.latitude - a.latitude) / 2);
  const halfLongitude = Math.sin(radians(b.longitude - a.longitude) / 2);
  const share = halfLatitude ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * halfLongitude ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(Math.min(1, share)));
}
