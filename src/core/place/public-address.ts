// Which network addresses can say where somebody is: only those that are routed worldwide (RFC 6890). Pure.
import { BlockList, isIP } from 'node:net';

/** Ranges of the IANA special-purpose registries (RFC 6890), which say nothing about a place. */
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

/** Returns `::ffff:a.b.c.d` as `a.b.c.d`, and any other text unchanged. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** False for special-purpose addresses, and for text that is not an address. */
export function isGloballyRoutable(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !specialPurpose.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
