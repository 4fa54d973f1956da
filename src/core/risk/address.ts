// Compares two network addresses, as a weak sign that two people or devices are near each other. Only
// globally routable addresses count: behind an unconfigured reverse proxy all clients would seem to be near
// (protocol.md 5). Pure.
import { isIP } from 'node:net';
import { isGloballyRoutable, plainAddress } from '../place/public-address.ts';

export type AddressComparison = 'same_address' | 'different_address' | 'unknown';

/** @param isLoopbackNear true in development, where both sides are on this machine */
export function compareAddresses(left: string, right: string, isLoopbackNear: boolean): AddressComparison {
  const [a, b] = [plainAddress(left), plainAddress(right)];
  if (isLoopbackNear && isLoopback(a) && isLoopback(b)) return 'same_address';
  if (!isGloballyRoutable(a) || !isGloballyRoutable(b)) return 'unknown';
  return networkOf(a) === networkOf(b) ? 'same_address' : 'different_address';
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** One household has a /64 (RFC 6177); its devices differ in the remaining bits. */
const networkOf = (address: string): string =>
  isIP(address) === 4 ? address : groupsOf(address).slice(0, 4).join(':');

/** Returns the eight groups of an IPv6 address, in hexadecimal without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = address.includes('::') ? Array<string>(8 - left.length - right.length).fill('0') : [];
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16));
}

/**
 * Returns only the network of an address, a /24 or for IPv6 a /48, for records that must not identify a
 * household. Returns '' when the text is not an address.
 */
export function truncateAddress(address: string): string {
  const plain = plainAddress(address).replace(/%.*$/, '');
  if (isIP(plain) === 4) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (isIP(plain) === 6) return `${groupsOf(plain).slice(0, 3).join(':')}::/48`;
  return '';
}
