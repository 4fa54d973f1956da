// Judges a text that the camera read: a frame of this provider, a code of somebody else, or something
// unknown. Pure. The page never opens the text. The server decides whether a frame is genuine and fresh
// (protocol.md 4).

import { parseUrl } from './url.ts';

/**
 * In characters, as in the phone API. A QR code can contain about seven thousand; a frame's link has about
 * a hundred.
 */
export const maxTextLength = 512;

/**
 * An origin, `/q/`, then a frame. The code of a screen does not rotate, so it contains the handle alone.
 * Nothing may follow.
 */
const linkPattern = /^([^/]+:\/\/[^/?#@\\\s]+)\/q\/([A-Za-z0-9_-]{22}(?:\.\d{1,6}\.[A-Za-z0-9_-]{11})?)$/;

/**
 * What a picture shows. `text`: of its QR code, or null. `isPart`: no code was read, but a corner of one is
 * visible; the browser's own detector cannot tell.
 */
export type Sight = { readonly text: string | null; readonly isPart: boolean };

export type Judgement =
  | { readonly kind: 'frame'; readonly frame: string }
  /** The link has the form of a sign-in code, but the origin of another provider. */
  | { readonly kind: 'other_provider'; readonly host: string }
  | { readonly kind: 'website'; readonly host: string }
  | { readonly kind: 'unknown' };

/**
 * Judges one text. Links are compared as text, because a URL parser repairs a link: it drops an empty query,
 * fragment or user name, resolves dot segments, turns backslashes into slashes and removes line breaks. A
 * repaired link is not the link that this provider drew. Scheme and host may be in capitals, and the default
 * port may be present: that is the same origin (RFC 3986 §6.2.2.1 and §6.2.3).
 *
 * @param origin the origin of this provider, such as `https://id.example.com`
 */
export function judgeText(text: string, origin: string): Judgement {
  if (text.length > maxTextLength) return { kind: 'unknown' };
  const url = webAddress(text);
  if (!url) return { kind: 'unknown' };
  const [, start = '', frame] = linkPattern.exec(text) ?? [];
  if (url.origin !== origin) return { kind: frame ? 'other_provider' : 'website', host: url.host };
  return frame && isSameOrigin(start, origin) ? { kind: 'frame', frame } : { kind: 'unknown' };
}

/**
 * Returns null unless the text is an http(s) URL. Its `host` is ASCII: look-alike letters appear as `xn--…`.
 */
function webAddress(text: string): URL | null {
  return /^https?:\/\//i.test(text) ? parseUrl(text) : null;
}

/** Lowers ASCII letters only: `toLowerCase` alone would also turn the Kelvin sign into the letter k. */
function isSameOrigin(start: string, origin: string): boolean {
  const ownPort = origin.startsWith('https:') ? 443 : 80;
  const given = start.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return given === origin || given === `${origin}:${ownPort}`;
}
