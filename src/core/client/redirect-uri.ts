// Which URIs a client may register (security.md E4; RFC 9700 §2.1, RFC 8252 §7). They are later compared byte
// for byte, so each must have one meaning only.
/** `application_type` (OIDC Registration §2). */
export type ApplicationType = 'web' | 'native';

/** In characters, which are all ASCII. */
export const maxUriLength = 2048;

/*
 * Regular expressions that every accepted URI matches, for readers of the schemas. They use only what
 * ECMA-262, RE2, Java and Python have in common, and cannot say all that the functions below check.
 */
/** Visible ASCII without `#`, `*` and `\`. */
const visible = String.raw`[\x21\x22\x24-\x29\x2b-\x5b\x5d-\x7e]`;
/** The same without `/`, `?` and `@`. */
const authority = String.raw`[\x21\x22\x24-\x29\x2b-\x2e\x30-\x3e\x41-\x5b\x5d-\x7e]+`;
export const webUriPattern = `^https?://${authority}([/?]${visible}*)?$`;
export const redirectUriPattern = `^[a-z][a-z0-9+.-]*:${visible}+$`;
export const originPattern = `^[a-z][a-z0-9+.-]*://${authority}$`;

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What decides about a redirect URI beside its text. */
export type RedirectOwner = {
  readonly type: ApplicationType;
  /** Whether the client authenticates at the token endpoint (RFC 6749 §2.1). */
  readonly isConfidential?: boolean;
  /** `allow_insecure_redirects`: an administrator accepts that a code may be read on its way. */
  readonly allowsInsecure?: boolean;
};

/** Returns why this cannot be a redirect URI of such a client, or null. */
export function redirectUriProblem(uri: string, owner: RedirectOwner): string | null {
  const problem = syntaxProblem(uri);
  if (problem) return problem;
  const { type, isConfidential = false, allowsInsecure = false } = owner;
  const { protocol, hostname } = new URL(uri);
  if (protocol === 'http:' && isConfidential && allowsInsecure && isPrivateHost(hostname)) return null;
  if (protocol === 'https:' || protocol === 'http:') return webUriProblem(uri);
  // RFC 8252 §7.1: a private-use scheme is a reversed domain name.
  const isDomain = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol);
  const isOtherApp = allowsInsecure && type === 'native' && /^[a-z][a-z0-9+-]*:$/.test(protocol);
  if (!isDomain && !(isOtherApp && !noRedirectSchemes.test(protocol))) {
    return 'has a scheme that could run code or belong to anybody';
  }
  return type === 'native' ? null : 'has a scheme of its own, which is for application_type native only';
}

/**
 * Schemes that run code, open files, or belong to a browser, a mail program or the system (security.md E4).
 */
const noRedirectSchemes =
  /^(javascript|data|vbscript|file|filesystem|blob|about|jar|content|null|intent|android-app|market|itms(-[a-z]+)?|mailto|tel|sms|ws|wss|ftp|view-source|ms-.*|search(-ms)?|chrome(-.*)?|googlechromes?|(microsoft-)?edge(-.*)?|brave|(opera|touch|x-safari)(-https?)?|vivaldi|firefox(-.*)?|safari(-.*)?|moz-extension|resource):$/;

/** Private addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6), and names of a local network. */
const isPrivateHost = (hostname: string): boolean =>
  /^(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/.test(hostname) ||
  /^\[(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(hostname) ||
  /\.(local|lan)$/.test(hostname);

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
 * `tauri://localhost`, `chrome-extension://<id>`. The URL parser calls these origins opaque, so they are
 * compared as text.
 */
function appOriginProblem(origin: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[a-z0-9_.-]+(:[1-9]\d{0,4})?$/.exec(origin)?.[1];
  if (!/^[^:]*:\/\//.test(origin)) return 'must begin with https://';
  if (scheme === undefined) return 'is not an origin alone: scheme, host and port in lower case';
  return noAppSchemes.test(scheme) ? 'has a scheme that belongs to no app' : null;
}

function syntaxProblem(uri: string): string | null {
  if (uri.length > maxUriLength) return 'is too long';
  if (!/^[\x21-\x7e]*$/.test(uri)) return 'has a space, a control character or a letter beyond ASCII';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  if (/[*\\]/.test(uri)) return 'has a wildcard or backslash';
  if (uri.includes('#')) return 'has a fragment';
  // Checked in the text, because the URL parser drops an empty user name.
  if (/^[^/?]*\/\/[^/?]*@/.test(uri)) return 'has user information';
  return uri.startsWith(new URL(uri).protocol) ? null : 'has its scheme in capitals';
}

/**
 * Whether any program on the person's machine could receive what is sent there: a private-use scheme or a
 * loopback address (RFC 8252 §8.6). The operating system assures nothing about who listens.
 * @param redirectUri a valid URI
 */
export function isOfAnyProgram(redirectUri: string): boolean {
  const { protocol, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') return true;
  return loopback.has(hostname);
}

/**
 * Returns who receives the code, as people see it: the host, or for a native app its scheme (RFC 8252 §7.1).
 * What only `allow_insecure_redirects` permits is named as such: `http://nas.lan`, `myapp:`.
 * @param redirectUri a valid URI
 */
export function hostOf(redirectUri: string): string {
  const { host, hostname, protocol } = new URL(redirectUri);
  if (protocol === 'https:') return host;
  if (protocol === 'http:') return loopback.has(hostname) ? host : `http://${host}`;
  const scheme = protocol.slice(0, -1);
  return scheme.includes('.') ? scheme : protocol;
}
