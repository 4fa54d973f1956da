// Whether two network addresses are the same public one. A weak sign of nearness: it counts only when the address is globally
// routable, or an unconfigured reverse proxy would make the whole world look near (protocol.md 5).
import { BlockList, isIP } from 'node:net';

export type AddressComparison = 'same_address' | 'different_address' | 'unknown';

/** IANA special-purpose registries (RFC 6890): none of these says where somebody is. */
const specialPurpose = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])
  addRange(range, 'ipv4');
for (const range of [
  '::/127',
  '64:ff9b::/96',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]) {
  addRange(range, 'ipv6');
}

function addRange(range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefix = ''] = range.split('/');
  specialPurpose.addSubnet(network, Number(prefix), family);
}

/** `::ffff:a.b.c.d` as `a.b.c.d`; anything else unchanged. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** @param isLoopbackNear true in development, where both sides are this machine. */
export function compareAddresses(left: string, right: string, isLoopbackNear: boolean): AddressComparison {
  const [a, b] = [plainAddress(left), plainAddress(right)];
  if (isLoopbackNear && isLoopback(a) && isLoopback(b)) return 'same_address';
  if (!isGloballyRoutable(a) || !isGloballyRoutable(b)) return 'unknown';
  return networkOf(a) === networkOf(b) ? 'same_address' : 'different_address';
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

function isGloballyRoutable(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !specialPurpose.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** One IPv6 household is a /64 (RFC 6177); devices in it differ in the rest. */
function networkOf(address: string): string {
  if (isIP(address) === 4) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = address.includes('::') ? Array<string>(8 - left.length - right.length).fill('0') : [];
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(':');
}
