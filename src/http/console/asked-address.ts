// The address under which the browser asked for this page, as the proxies in front report it. The host guard
// replaces these headers by the issuer's (host.ts), so they are read from the raw request.
// It serves only for a warning to the sender of the headers.
import { isIP } from 'node:net';
import { plainAddress } from '../../core/place/public-address.ts';
import type { Context } from '../kit/context.ts';

export type AskedAddress = {
  /** Null where no proxy reports it. */
  readonly host: string | null;
  readonly scheme: string | null;
  /** Whether a proxy reports the caller's address and is not listed in `http.trusted_proxies`. */
  readonly isProxyUnknown: boolean;
};

/** Reads X-Forwarded-Host, -Proto and -For. */
export function askedAddress({ req, state }: Context): AskedAddress {
  const forwardedFor = rawHeader(req.rawHeaders, 'x-forwarded-for');
  const peer = plainAddress(req.socket.remoteAddress ?? '');
  const isForwarded = forwardedFor !== null && isIP(forwardedFor) !== 0 && plainAddress(forwardedFor) !== peer;
  return {
    host: rawHeader(req.rawHeaders, 'x-forwarded-host')?.toLowerCase() ?? null,
    scheme: rawHeader(req.rawHeaders, 'x-forwarded-proto')?.toLowerCase() ?? null,
    isProxyUnknown: isForwarded && state.address === peer,
  };
}

/**
 * The first value of a header: what the outermost proxy was asked. It is shown on a page, so it is cut to 100
 * characters.
 */
function rawHeader(raw: readonly string[], name: string): string | null {
  for (let i = 0; i + 1 < raw.length; i += 2)
    if (raw[i]?.toLowerCase() === name) return (raw[i + 1]?.split(',', 1)[0] ?? '').trim().slice(0, 100) || null;
  return null;
}
