// The guard of requests to addresses that somebody else has chosen (security.md E5). With it, a request never
// connects to our own network, whatever the name resolves to.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isGloballyRoutable, plainAddress } from '../core/place/public-address.ts';

/**
 * The global unicast addresses (RFC 4291 §2.4). core/place/public-address.ts excludes the special ranges in
 * it.
 */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

export type AddressGuard = {
  /** The `lookup` option of a request, which checks names; empty where everything is allowed. */
  readonly options: { readonly lookup?: LookupFunction };
  /** Checks a host that is an address, for which `lookup` is not called. @throws Error ERR_ADDRESS_INSIDE */
  readonly check: (url: URL) => void;
};

/**
 * @param isInsideAllowed `http.outbound_private_networks`: for development, and for intranets with services
 * of their own
 */
export function createAddressGuard({ isInsideAllowed }: { isInsideAllowed: boolean }): AddressGuard {
  if (isInsideAllowed) return { options: {}, check: () => undefined };
  return {
    options: { lookup: lookupOutside },
    check({ hostname }) {
      const host = hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !isOutside(host)) throw inside(host);
    },
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
