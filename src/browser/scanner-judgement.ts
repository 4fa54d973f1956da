// What a text that the camera read is to us: a frame of this provider, a code of somebody else, or nothing we can name. Pure. Nothing read
// here is ever opened; whether a frame is real and fresh is the server's to say (protocol.md 4).

/** The phone API takes no longer text either. A QR code can hold seven thousand characters; ours has about a hundred. */
export const maxTextLength = 512;

/** A frame, or the handle of a device's code, which does not change. */
const framePath = /^\/q\/([A-Za-z0-9_-]{22}(?:\.\d{1,6}\.[A-Za-z0-9_-]{11})?)$/;

export type Judgement =
  | { readonly kind: 'frame'; readonly frame: string }
  /** It has the form of a sign-in code, of another provider. */
  | { readonly kind: 'other_provider'; readonly host: string }
  | { readonly kind: 'website'; readonly host: string }
  | { readonly kind: 'unknown' };

/** @param origin this provider's, such as `https://id.example.com` */
export function judgeText(text: string, origin: string): Judgement {
  if (text.length > maxTextLength) return { kind: 'unknown' };
  const url = webAddress(text);
  if (!url) return { kind: 'unknown' };
  const frame = isBare(url) ? framePath.exec(url.pathname)?.[1] : undefined;
  if (url.origin !== origin) return { kind: frame ? 'other_provider' : 'website', host: url.host };
  return frame ? { kind: 'frame', frame } : { kind: 'unknown' };
}

/** `host` of such an address is ASCII: a name in look-alike letters shows as `xn--…`. */
function webAddress(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text);
}

/** Our links carry nothing beside the path; `https://id.example.com@elsewhere/…` is elsewhere's. */
const isBare = ({ username, password, search, hash }: URL): boolean => !username && !password && !search && !hash;
