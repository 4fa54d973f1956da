// Who is calling: the socket's address, or what a trusted proxy says of it. Nobody else's word counts (security.md F8, B15).
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../core/place/public-address.ts';

/** @param trustedProxies addresses or CIDR ranges of our own reverse proxies. */
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
    // From the right: the first that is not one of our own proxies was seen by one of them. What stands left of it is the caller's word,
    // so an entry that is no address ends the search too.
    const seen = forwarded
      .map((part) => plainAddress(withoutPort(part.trim())))
      .findLast((address) => !isTrusted(address));
    return seen !== undefined && isIP(seen) !== 0 ? seen : peer;
  };
}

/** Some proxies write `198.51.100.7:4711` or `[2001:db8::7]:4711`. */
const withoutPort = (text: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
