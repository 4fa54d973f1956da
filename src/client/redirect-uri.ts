// Which redirect URIs a client may register (security.md E4; RFC 9700 §2.1, RFC 8252 §7).
import { ClientError } from './client.ts';

const maxLength = 2048;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws ClientError `redirect_uri_invalid` with the reason */
export function checkRedirectUri(uri: string): void {
  const reason = reasonAgainst(uri);
  if (reason) throw new ClientError('redirect_uri_invalid', `${uri.slice(0, 100)}: ${reason}`);
}

function reasonAgainst(uri: string): string | null {
  if (uri.length > maxLength) return 'is too long';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  if (/[\s*\\]/.test(uri)) return 'has a wildcard, backslash or space';
  if (uri.includes('#')) return 'has a fragment';
  const { protocol, hostname, username, password } = new URL(uri);
  if (username || password) return 'has user information';
  if (!uri.startsWith(protocol)) return 'has its scheme in capitals';
  if (protocol === 'https:') return null;
  if (protocol === 'http:') return loopback.has(hostname) ? null : 'uses http, which is allowed on this machine only';
  // RFC 8252 §7.1: a private-use scheme is a domain name in reverse.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol)
    ? null
    : 'has a scheme that could run code or belong to anybody';
}
