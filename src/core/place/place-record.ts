// Builds a place from records of MaxMind-format databases: GeoLite2 and GeoIP2 City, ASN, ISP, Enterprise and
// Anonymous IP, and DB-IP's equivalents. A record may lack any field, and a field may have any type; an
// unexpected value counts as absent. Pure.
import type { CityNames, Place } from './place.ts';

const maxNameLength = 60;
/**
 * When the accuracy radius is larger (kilometres), the point is the middle of a region and says nothing about
 * distances.
 */
const roughKm = 200;

type Node = Readonly<Record<string, unknown>>;

/**
 * @param records the records of one address, one per database that has it
 * @returns null when they contain nothing usable
 */
export function placeFrom(records: readonly unknown[], isHosting: (asn: number) => boolean): Place | null {
  const country = first(records, countryOf);
  const city = first(records, cityOf);
  const asn = first(records, asnOf);
  const network = first(records, networkOf);
  const isDataCentre = records.some(isMarkedHosting) || (asn !== null && isHosting(asn));
  if (country === null && city === null && asn === null && network === null && !isDataCentre) return null;
  return { country, city, ...(first(records, pointOf) ?? nowhere), network, asn, isDataCentre };
}

const nowhere = { latitude: null, longitude: null };

function first<T>(records: readonly unknown[], read: (record: Node) => T | null): T | null {
  for (const record of records) {
    const found = read(nodeOf(record));
    if (found !== null) return found;
  }
  return null;
}

const nodeOf = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});

function countryOf(record: Node): string | null {
  const code = nodeOf(record.country).iso_code;
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null;
}

function cityOf(record: Node): CityNames | null {
  const names = nodeOf(nodeOf(record.city).names);
  const en = nameOf(names.en) ?? Object.values(names).map(nameOf).find(Boolean) ?? null;
  const chinese = nameOf(names['zh-CN']);
  return en === null ? null : { en, ...(chinese !== null && { 'zh-CN': chinese }) };
}

/** Returns the point of a city. Without a city the coordinates are the middle of a country. */
function pointOf(record: Node): Pick<Place, 'latitude' | 'longitude'> | null {
  const { latitude, longitude, accuracy_radius: radius } = nodeOf(record.location);
  const isRough = typeof radius === 'number' && radius > roughKm;
  if (cityOf(record) === null || isRough || !isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return null;
  return { latitude, longitude };
}

const isDegrees = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= max;

/** Enterprise databases keep these fields under `traits`. */
const own = (record: Node, name: string): unknown => record[name] ?? nodeOf(record.traits)[name];

function asnOf(record: Node): number | null {
  const asn = own(record, 'autonomous_system_number');
  return typeof asn === 'number' && Number.isSafeInteger(asn) && asn > 0 ? asn : null;
}

const networkOf = (record: Node): string | null =>
  nameOf(own(record, 'isp')) ?? nameOf(own(record, 'autonomous_system_organization'));

const isMarkedHosting = (record: unknown): boolean =>
  own(nodeOf(record), 'is_hosting_provider') === true || own(nodeOf(record), 'is_anonymous_vpn') === true;

/** Returns one line without control and format (bidi) characters, cut to length (security.md B10). */
function nameOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = [...value.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()];
  const cut = clean.length > maxNameLength ? [...clean.slice(0, maxNameLength - 1), '…'] : clean;
  return cut.join('') || null;
}
