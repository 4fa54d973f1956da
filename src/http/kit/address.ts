// The network address of a caller: the socket's, or what a trusted reverse proxy reports in X-Forwarded-For.
// A report by anybody else is ignored (security.md F8, B15).
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../core/place/public-address.ts';

/**
 * Creates the reader of callers' addresses.
 * @param trustedProxies addresses or CIDR ranges of our own reverse proxies (`http.trusted_proxies`)
 */
export function createAddressReader(trustedProxies: readonly string[]): (req: IncomingMessage) => string {
  const trusted = new BlockList();
  for (const range of trustedProxies) {
    const [network = '', prefix] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(network, family);
    else trusted.addSubnet(network, Number(prefix), family);
  }
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return (req) => {
    const peer = plainAddress(req.socket.remoteAddress ?? '');
    if (!isTrusted(peer)) return peer;
    const forwarded = String(req.headers['x-forwarded-for'] ?? '').split(',');
    // Read from the right: the first address that is not one of our proxies was seen by one of them. What
    // stands left of it was written by the caller, so text that is no address ends the search too.
    const seen = forwarded
      .map((part) => plainAddress(withoutPort(part.trim())))
      .findLast((address) => !isTrusted(address));
    return seen !== undefined && isIP(seen) !== 0 ? seen : peer;
  };
}

/** Removes the port that some proxies append: `198.51.100.7:4711`, `[2001:db8::7]:4711`. */
const withoutPort = (text: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
