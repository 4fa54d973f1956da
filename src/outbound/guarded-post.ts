// Sends one POST to an address that somebody else has chosen (GuardedPost of core/push; security.md E5). It
// never connects to our own network, whatever the name resolves to. It follows no redirect and reads only
// the status.
import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isGloballyRoutable, plainAddress } from '../core/place/public-address.ts';
import type { GuardedPost } from '../core/push/guarded-post.ts';

/**
 * The global unicast addresses (RFC 4291 §2.4). core/place/public-address.ts excludes the special ranges in
 * it.
 */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/**
 * @param isInsideAllowed `http.outbound_private_networks`: for development, and for intranets with their
 * own push service
 */
export function createGuardedPost({ isInsideAllowed }: { isInsideAllowed: boolean }): GuardedPost {
  const guard = isInsideAllowed ? {} : { lookup: lookupOutside };
  return async (url, { headers, body, signal }) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // `lookup` checks names. It is not called for an address, so that is checked here.
    if (!isInsideAllowed && isIP(host) !== 0 && !isOutside(host)) throw inside(host);
    const open = url.protocol === 'https:' ? requestSecure : requestPlain;
    return new Promise((resolve, reject) => {
      const request = open(url, { method: 'POST', headers, signal, agent: false, ...guard }, (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      });
      request.once('error', reject).end(body);
    });
  };
}

/** Returns true for addresses of the public internet. */
export function isOutside(address: string): boolean {
  const plain = plainAddress(address);
  return isGloballyRoutable(plain) && (isIP(plain) === 4 || globalUnicast.check(plain, 'ipv6'));
}

/**
 * Resolves a name and rejects it if any of its addresses is inside. The connection uses the addresses that
 * were checked, so a second, different DNS answer changes nothing (DNS rebinding).
 */
const lookupOutside: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const wrong = addresses.find(({ address }) => !isOutside(address));
    const [first] = addresses;
    if (wrong || !first) return done(inside(hostname), []);
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });
};

/** The error of a refused address; its code reaches the log. */
const inside = (host: string) => Object.assign(new Error(`${host} is inside`), { code: 'ERR_ADDRESS_INSIDE' });
