// Judges a text that the camera read: a frame of this provider, a code of somebody else, or nothing we can name.
// Pure. Nothing read here is ever opened; the server decides whether a frame is real and fresh (protocol.md 4).

/** Characters. The phone API takes no longer text either; a QR code can hold seven thousand, ours about a hundred. */
export const maxTextLength = 512;

/** The start of a link, then a frame or the handle of a screen's code, which does not rotate. Nothing follows it. */
const linkPattern = /^([^/]+:\/\/[^/?#@\\\s]+)\/q\/([A-Za-z0-9_-]{22}(?:\.\d{1,6}\.[A-Za-z0-9_-]{11})?)$/;

export type Judgement =
  | { readonly kind: 'frame'; readonly frame: string }
  /** It has the form of a sign-in code, of another provider. */
  | { readonly kind: 'other_provider'; readonly host: string }
  | { readonly kind: 'website'; readonly host: string }
  | { readonly kind: 'unknown' };

/**
 * Our links are compared as text. A parser repairs a link (it drops an empty query, fragment or user name, resolves
 * dot segments, turns backslashes round and skips line breaks), and a repaired link is not the one that we drew.
 * Scheme and host may be in capitals and the scheme's own port may be written, which is the same origin by
 * RFC 3986 §6.2.2.1 and §6.2.3.
 *
 * @param origin this provider's, such as `https://id.example.com`
 */
export function judgeText(text: string, origin: string): Judgement {
  if (text.length > maxTextLength) return { kind: 'unknown' };
  const url = webAddress(text);
  if (!url) return { kind: 'unknown' };
  const [, start = '', frame] = linkPattern.exec(text) ?? [];
  if (url.origin !== origin) return { kind: frame ? 'other_provider' : 'website', host: url.host };
  return frame && isSameOrigin(start, origin) ? { kind: 'frame', frame } : { kind: 'unknown' };
}

/** Returns null for everything but http(s). The `host` of the URL is ASCII: look-alike letters show as `xn--…`. */
function webAddress(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text);
}

/** ASCII alone: the Kelvin sign also has the small letter k. */
function isSameOrigin(start: string, origin: string): boolean {
  const ownPort = origin.startsWith('https:') ? 443 : 80;
  const given = start.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return given === origin || given === `${origin}:${ownPort}`;
}
