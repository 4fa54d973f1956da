// Under which address the browser asked for this page, as the proxies in front say. The host guard has replaced these headers by what the
// issuer says (host.ts), so they are read from what really came. Good for a warning to whoever sent them, and for nothing else.
import { isIP } from 'node:net';
import { plainAddress } from '../../core/place/public-address.ts';
import type { Context } from '../kit/context.ts';

export type AskedAddress = {
  /** Null where nobody says. */
  readonly host: string | null;
  readonly scheme: string | null;
  /** A proxy forwards whom it was asked by, and is not believed (`http.trusted_proxies`). */
  readonly isProxyUnknown: boolean;
};

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

/** The first value: what the outermost proxy was asked. Shown in a page, so no longer than an address. */
function rawHeader(raw: readonly string[], name: string): string | null {
  for (let i = 0; i + 1 < raw.length; i += 2)
    if (raw[i]?.toLowerCase() === name) return (raw[i + 1]?.split(',', 1)[0] ?? '').trim().slice(0, 100) || null;
  return null;
}
