// Serves the issuer's own host only. oidc-provider builds URLs from the request, so a foreign Host would put
// foreign endpoints into discovery (security.md F8).
// What a proxy or caller forwards about host and scheme is replaced by the issuer's.
import type { IncomingMessage } from 'node:http';
import { HttpError } from './refusals.ts';

/**
 * @returns a check that also sets the forwarding headers that oidc-provider reads
 * @throws HttpError `host_unknown`
 */
export function createHostGuard(issuer: string): (req: IncomingMessage) => void {
  const { host, port, protocol } = new URL(issuer);
  // The scheme's default port may be written out (RFC 9110 §4.2.3).
  const written = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  return (req) => {
    const asked = req.headers.host?.toLowerCase();
    if (asked !== host && asked !== written)
      throw new HttpError('host_unknown', 'This provider does not answer under that host name.');
    delete req.headers.forwarded;
    req.headers['x-forwarded-host'] = host;
    req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
  };
}
