// Our own cookies and their flags (security.md C3, F7). On https they carry the `__Host-` prefix, so that no
// subdomain can set them.
// Secrets in them are 256 bits, base64url; a value of another shape is treated as absent.
import type { IncomingMessage } from 'node:http';
import { randomSecret } from '../../crypto.ts';
import type { Context } from './context.ts';

/**
 * Every name begins with it. On localhost all ports share one cookie jar (RFC 6265 §8.5), so a plain name
 * such as `session` would overwrite the cookie of a relying party.
 */
const ownPrefix = 'tessera_';
/** The uid of an interaction. It is worth nothing without that interaction's own cookie. */
const interactionPattern = /^[\w-]{16,64}$/;
const secretPattern = /^[A-Za-z0-9_-]{43}$/;
/** Maximum duration of a console session. */
const consoleSeconds = 8 * 3600;
/** Browsers keep no cookie longer (RFC 6265bis §5.5). */
const fourHundredDaysSeconds = 400 * 86_400;
/** How long a page that has ended can name its app. A tab may stay open over night. */
const wayBackSeconds = 86_400;

/** What reading needs of a request: its `Cookie` header. */
type WithCookies = { get(name: 'Cookie'): string };

export type Cookies = ReturnType<typeof createCookies>;

export function createCookies({ isHttps }: { isHttps: boolean }) {
  const prefix = isHttps ? `__Host-${ownPrefix}` : ownPrefix;
  const flagsAt = (path: string) => `Path=${path}; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`;
  const flags = flagsAt('/');
  /** Secrets of browsers whose cookie is on its way. */
  const made = new WeakMap<IncomingMessage, string>();
  // `__Host-` requires Path=/ (RFC 6265bis §4.1.3.2).
  const wayBackName = `${isHttps ? '__Secure-' : ''}${ownPrefix}back`;

  function read(ctx: WithCookies, name: string): string | null {
    return readWhole(ctx, `${prefix}${name}`);
  }
  function readWhole(ctx: WithCookies, name: string): string | null {
    const pair = (ctx.get('Cookie') || '').split(/;\s*/).find((part) => part.startsWith(`${name}=`));
    return pair?.slice(name.length + 1) ?? null;
  }
  const readSecret = (ctx: WithCookies, name: string): string | null => {
    const value = read(ctx, name);
    return value && secretPattern.test(value) ? value : null;
  };
  const write = (ctx: Context, name: string, value: string, maxAgeSeconds: number): void =>
    void ctx.append('Set-Cookie', `${prefix}${name}=${value}; Max-Age=${maxAgeSeconds}; ${flags}`);

  return {
    device: (ctx: Context): string | null => readSecret(ctx, 'device'),
    setDevice: (ctx: Context, secret: string): void => write(ctx, 'device', secret, fourHundredDaysSeconds),
    clearDevice: (ctx: Context): void => write(ctx, 'device', '', 0),
    /** The browser's own secret, made at its first page with a form. One request makes one secret. */
    browser(ctx: Context): string {
      const known = readSecret(ctx, 'browser') ?? made.get(ctx.req);
      if (known) return known;
      const fresh = randomSecret(256);
      made.set(ctx.req, fresh);
      write(ctx, 'browser', fresh, fourHundredDaysSeconds);
      return fresh;
    },
    existingBrowser: (ctx: WithCookies): string | null => readSecret(ctx, 'browser'),
    console: (ctx: Context): string | null => readSecret(ctx, 'console'),
    setConsole: (ctx: Context, secret: string): void => write(ctx, 'console', secret, consoleSeconds),
    clearConsole: (ctx: Context): void => write(ctx, 'console', '', 0),
    /** A sign-in to the console that is under way. */
    consoleFlow: (ctx: Context): string | null => readSecret(ctx, 'console_flow'),
    setConsoleFlow: (ctx: Context, secret: string): void => write(ctx, 'console_flow', secret, 900),
    /** The interaction for which a link to sign up was sent by mail; null for none. */
    signUpFor(ctx: Context): string | null {
      const uid = read(ctx, 'sign_up');
      return uid && interactionPattern.test(uid) ? uid : null;
    },
    setSignUpFor: (ctx: Context, uid: string, seconds: number): void => write(ctx, 'sign_up', uid, seconds),
    clearSignUpFor: (ctx: Context): void => write(ctx, 'sign_up', '', 0),
    /** When this phone first opened which frame, sealed by http/phone/opened-frame.ts. */
    openedFrame: (ctx: Context): string | null => read(ctx, 'opened'),
    setOpenedFrame: (ctx: Context, value: string): void => write(ctx, 'opened', value, 600),
    /** The app of the interaction at this path, sealed by way-back.ts. */
    wayBack: (ctx: Context): string | null => readWhole(ctx, wayBackName),
    setWayBack: (ctx: Context, path: string, value: string): void =>
      void ctx.append('Set-Cookie', `${wayBackName}=${value}; Max-Age=${wayBackSeconds}; ${flagsAt(path)}`),
  };
}
