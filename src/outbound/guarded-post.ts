// One POST to an address that somebody else chose (security.md E5): not into our own network, however its name resolves at that moment; no
// redirect is followed, nothing of the answer is read but its status, and the caller's signal ends whatever hangs.
import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isGloballyRoutable, plainAddress } from '../core/place/public-address.ts';
import type { GuardedPost } from '../core/push/guarded-post.ts';

/** All that is given out (RFC 4291 §2.4); what is special in it, risk/address.ts knows. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** @param isInsideAllowed by configuration only: development, and intranets with a push service of their own */
export function createGuardedPost({ isInsideAllowed }: { isInsideAllowed: boolean }): GuardedPost {
  const guard = isInsideAllowed ? {} : { lookup: lookupOutside };
  return async (url, { headers, body, signal }) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A name is judged when it is resolved; an address never is.
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

export function isOutside(address: string): boolean {
  const plain = plainAddress(address);
  return isGloballyRoutable(plain) && (isIP(plain) === 4 || globalUnicast.check(plain, 'ipv6'));
}

/** The connection goes to the very addresses that were judged, so a second answer of the name server changes nothing. */
const lookupOutside: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const wrong = addresses.find(({ address }) => !isOutside(address));
    const [first] = addresses;
    if (wrong || !first) return done(inside(hostname), []);
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });
};

const inside = (host: string) => Object.assign(new Error(`${host} is inside`), { code: 'ERR_ADDRESS_INSIDE' });
