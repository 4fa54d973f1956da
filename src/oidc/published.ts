// Serves discovery and JWKS from cached bytes, with ETag and Cache-Control. Relying parties poll both, and
// the library would build them for each request. JWKS contains the keys that relying parties may trust,
// which are fewer than the library knows.
import type Provider from 'oidc-provider';
import { jwksMaxAgeSeconds } from '../core/key/key-schedule.ts';
import { digest } from '../crypto.ts';
import { truthful } from './discovery.ts';

const maxAgeSeconds: Readonly<Record<string, number>> = {
  '/.well-known/openid-configuration': 300,
  '/.well-known/oauth-authorization-server': 300,
  '/jwks': jwksMaxAgeSeconds,
};

/**
 * The cache lives as long as this provider, since other keys make another provider
 * (core/key/key-follower.ts).
 * @param kids the keys in JWKS; any other key of the library verifies id_token_hint only
 */
export function cachePublished(provider: Provider, kids: ReadonlySet<string | undefined>): void {
  const cached = new Map<string, { body: string; etag: string; type: string }>();
  provider.use(async (ctx, next) => {
    const maxAge = maxAgeSeconds[ctx.path];
    if (maxAge === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    let entry = cached.get(ctx.path);
    if (!entry) {
      await next();
      if (ctx.status !== 200) return;
      const document = ctx.body as Record<string, unknown> & Jwks;
      const body = JSON.stringify(ctx.path === '/jwks' ? publicKeys(document, kids) : truthful(document));
      entry = { body, etag: `"${digest(body)}"`, type: ctx.response.get('Content-Type') };
      cached.set(ctx.path, entry);
    }
    ctx.status = 200;
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': `public, max-age=${maxAge}`, ETag: entry.etag });
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.type = entry.type;
    ctx.body = entry.body;
    if (isKnown(ctx.get('If-None-Match'), entry.etag)) ctx.status = 304;
  });
}

/** Whether If-None-Match names this tag, by weak comparison (RFC 9110 §13.1.2). */
const isKnown = (header: string, etag: string): boolean =>
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);

type Jwks = { readonly keys: readonly { readonly kid?: string }[] };

const publicKeys = ({ keys }: Jwks, kids: ReadonlySet<string | undefined>): Jwks => ({
  keys: keys.filter(({ kid }) => kids.has(kid)),
});
