// Which URIs a client may register (security.md E4; RFC 9700 §2.1, RFC 8252 §7). They are later compared byte
// for byte, so each must have one meaning only.
/** `application_type` (OIDC Registration §2). */
export type ApplicationType = 'web' | 'native';

const maxLength = 2048;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Returns why this cannot be a redirect URI of such a client, or null. */
export function redirectUriProblem(uri: string, type: ApplicationType): string | null {
  const problem = syntaxProblem(uri);
  if (problem) return problem;
  const { protocol } = new URL(uri);
  if (protocol === 'https:' || protocol === 'http:') return webUriProblem(uri);
  // RFC 8252 §7.1: a private-use scheme is a reversed domain name.
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol)) {
    return 'has a scheme that could run code or belong to anybody';
  }
  return type === 'native' ? null : 'has a scheme of its own, which is for application_type native only';
}

/**
 * Returns why this cannot be a page or endpoint of a client, such as `logo_uri` or `backchannel_logout_uri`,
 * or null.
 */
export function webUriProblem(uri: string): string | null {
  const problem = syntaxProblem(uri);
  if (problem) return problem;
  const { protocol, hostname } = new URL(uri);
  // The URL parser accepts a missing slash.
  if (!/^https?:\/\/[^/?]/.test(uri)) return 'must begin with https://';
  if (protocol === 'https:') return null;
  return loopback.has(hostname) ? null : 'uses http, which is allowed on this machine only';
}

/**
 * Returns why this cannot be an origin (Fetch §3.2: scheme, host and port only) whose pages may read
 * responses, or null.
 */
export function originProblem(origin: string): string | null {
  const syntax = syntaxProblem(origin);
  if (syntax) return syntax;
  const { protocol, hostname } = new URL(origin);
  if (protocol !== 'https:' && protocol !== 'http:') return appOriginProblem(origin);
  // Web views on Windows use such names (RFC 6761 §6.3: they are this machine).
  const isOwnMachine = protocol === 'http:' && hostname.endsWith('.localhost');
  const problem = isOwnMachine ? null : webUriProblem(origin);
  if (problem) return problem;
  const exact = new URL(origin).origin;
  return origin === exact ? null : `is not an origin alone; write ${exact}`;
}

/** Schemes whose pages belong to nobody, or to the browser itself. */
const noAppSchemes =
  /^(javascript|data|vbscript|file|blob|about|filesystem|view-source|ws|wss|ftp|chrome|edge|resource|intent|mailto|null)$/;

/**
 * Pages of an installed app have an origin with a scheme of their own: `capacitor://localhost`,
 * `tauri://localhost`, `chrome-extension://<id>`. The URL parser calls these origins opaque, so they are compared
 * as text.
 */
function appOriginProblem(origin: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[a-z0-9_.-]+(:[1-9]\d{0,4})?$/.exec(origin)?.[1];
  if (!/^[^:]*:\/\//.test(origin)) return 'must begin with https://';
  if (scheme === undefined) return 'is not an origin alone: scheme, host and port in lower case';
  return noAppSchemes.test(scheme) ? 'has a scheme that belongs to no app' : null;
}

function syntaxProblem(uri: string): string | null {
  if (uri.length > maxLength) return 'is too long';
  if (!/^[\x21-\x7e]*$/.test(uri)) return 'has a space, a control character or a letter beyond ASCII';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  if (/[*\\]/.test(uri)) return 'has a wildcard or backslash';
  if (uri.includes('#')) return 'has a fragment';
  // Checked in the text, because the URL parser drops an empty user name.
  if (/^[^/?]*\/\/[^/?]*@/.test(uri)) return 'has user information';
  return uri.startsWith(new URL(uri).protocol) ? null : 'has its scheme in capitals';
}

/**
 * Returns the host that receives the code; for a native app its scheme (RFC 8252 §7.1).
 * @param redirectUri a valid URI
 */
export function hostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host || protocol.slice(0, -1);
}
