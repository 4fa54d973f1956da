// Writes tiny databases in MaxMind's format, by the public MaxMind DB File Format Specification 2.0: a
// binary tree over IPv6 (IPv4 below ::/96), then the records, then the metadata. For tests only: records
// are few, small and written as they come.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type MmdbValue =
  | string
  | number
  | boolean
  | Uint32
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue };
/** A number that is to be an unsigned integer; other numbers are doubles. */
export type Uint32 = { readonly uint: number; readonly bytes: 2 | 4 | 8 };

/** @param networks CIDR range -> record; the narrower ones after the wider */
export function writeMmdb(networks: Readonly<Record<string, MmdbValue>>, type = 'GeoLite2-City'): Buffer {
  const tree = createTree();
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [range, record] of Object.entries(networks)) {
    const encoded = encode(record);
    tree.add(bitsOf(range), dataBytes);
    data.push(encoded);
    dataBytes += encoded.length;
  }
  const metadata = {
    binary_format_major_version: uint(2, 2),
    binary_format_minor_version: uint(0, 2),
    build_epoch: uint(1_800_000_000, 8),
    database_type: type,
    description: { en: 'Made for a test' },
    ip_version: uint(6, 2),
    languages: ['en', 'zh-CN'],
    node_count: uint(tree.count(), 4),
    record_size: uint(32, 2),
  };
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([tree.encode(), Buffer.alloc(16), ...data, marker, encode(metadata)]);
}

export const uint = (value: number, bytes: Uint32['bytes'] = 4): Uint32 => ({ uint: value, bytes });

/** A City record as GeoLite2 has them. */
export const cityRecord = (
  country: string,
  en: string,
  [latitude, longitude]: readonly [number, number],
  zh?: string,
) => ({
  city: { names: { en, ...(zh !== undefined && { 'zh-CN': zh }) } },
  country: { iso_code: country },
  location: { latitude, longitude, accuracy_radius: uint(20, 2) },
});

/** An ASN record. */
export const networkRecord = (asn: number, name: string) => ({
  autonomous_system_number: uint(asn),
  autonomous_system_organization: name,
});

/** Databases for a page to be looked at: 84.0.0.0/8 is at home, 46.0.0.0/8 in a data centre abroad. */
export async function writePlaces() {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-places-'));
  const config = { city_database: join(folder, 'city.mmdb'), network_database: join(folder, 'asn.mmdb') };
  const cities = {
    '84.0.0.0/8': cityRecord('DE', 'Berlin', [52.52, 13.405], '柏林'),
    '46.0.0.0/8': cityRecord('US', 'New York', [40.713, -74.006], '纽约'),
  };
  const networks = {
    '84.0.0.0/8': networkRecord(3320, 'Deutsche Telekom AG'),
    '46.0.0.0/8': networkRecord(14061, 'DigitalOcean, LLC'),
  };
  await writeFile(config.city_database, writeMmdb(cities));
  await writeFile(config.network_database, writeMmdb(networks, 'GeoLite2-ASN'));
  return { config, remove: () => rm(folder, { recursive: true, force: true }) };
}

type Leaf = { readonly at: number };
type Node = [Node | Leaf | null, Node | Leaf | null];

/**
 * Each record of a node is the number of another node, the count of nodes for "nothing", or beyond it where
 * the data is.
 */
function createTree() {
  const root: Node = [null, null];
  const nodes: Node[] = [root];

  function add(bits: readonly (0 | 1)[], at: number): void {
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const below = node[bit];
      if (Array.isArray(below)) {
        node = below;
        continue;
      }
      // A wider range's record goes on being true beside the narrower one.
      const next: Node = [below, below];
      nodes.push(next);
      node[bit] = next;
      node = next;
    }
    node[bits.at(-1) ?? 0] = { at };
  }

  const numberOf = (side: Node | Leaf | null, numbers: ReadonlyMap<Node, number>): number => {
    if (side === null) return nodes.length;
    return Array.isArray(side) ? (numbers.get(side) ?? 0) : nodes.length + 16 + side.at;
  };

  return {
    add,
    count: () => nodes.length,
    encode(): Buffer {
      const numbers = new Map(nodes.map((node, i) => [node, i]));
      const bytes = Buffer.alloc(nodes.length * 8);
      for (const [i, [left, right]] of nodes.entries()) {
        bytes.writeUInt32BE(numberOf(left, numbers), i * 8);
        bytes.writeUInt32BE(numberOf(right, numbers), i * 8 + 4);
      }
      return bytes;
    },
  };
}

function bitsOf(range: string): (0 | 1)[] {
  const [address = '', prefix = ''] = range.split('/');
  const isFour = isIP(address) === 4;
  const bytes = isFour ? [...Array<number>(12).fill(0), ...address.split('.').map(Number)] : bytesOfSix(address);
  const bits = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, i) => ((byte >> (7 - i)) & 1) as 0 | 1));
  return bits.slice(0, Number(prefix) + (isFour ? 96 : 0));
}

function bytesOfSix(address: string): number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  return [...groups(head), ...zeros, ...groups(tail)]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
}

const types = { text: 2, double: 3, 2: 5, 4: 6, map: 7, 8: 9, list: 11, boolean: 14 } as const;

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') return withControl(types.text, Buffer.from(value, 'utf8'));
  if (typeof value === 'boolean') return control(types.boolean, value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return withControl(types.double, bytes);
  }
  if (isList(value)) return Buffer.concat([control(types.list, value.length), ...value.map(encode)]);
  if (isUint(value)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value.uint));
    return withControl(types[value.bytes], bytes.subarray(8 - value.bytes));
  }
  const entries = Object.entries(value).flatMap(([key, each]) => [encode(key), encode(each)]);
  return Buffer.concat([control(types.map, entries.length / 2), ...entries]);
}

const isList = (value: MmdbValue): value is readonly MmdbValue[] => Array.isArray(value);
const isUint = (value: object): value is Uint32 => 'uint' in value && 'bytes' in value;
const withControl = (type: number, bytes: Buffer): Buffer => Buffer.concat([control(type, bytes.length), bytes]);

/** Types beyond 7 stand in a byte of their own; sizes from 29 to 284 in one more. */
function control(type: number, size: number): Buffer {
  const long = size < 29 ? [size] : [29, size - 29];
  const [first = 0, ...rest] = long;
  return Buffer.from(type <= 7 ? [(type << 5) | first, ...rest] : [first, type - 7, ...rest]);
}
