// Discovery and JWKS from cached bytes, with ETag and Cache-Control: relying parties poll both, and the library would build and
// stringify them anew each time. JWKS shows what relying parties may trust, which is less than what the library knows.
import type Provider from 'oidc-provider';
import { jwksMaxAgeSeconds } from '../core/key/key-schedule.ts';
import { digest } from '../crypto.ts';

const maxAgeSeconds: Readonly<Record<string, number>> = {
  '/.well-known/openid-configuration': 300,
  '/.well-known/oauth-authorization-server': 300,
  '/jwks': jwksMaxAgeSeconds,
};

/**
 * For the life of this provider: another set of keys is another provider (key-follower.ts). @param kids the keys that stand in JWKS: one
 * that the library knows beside them serves for id_token_hint alone.
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
      const body = JSON.stringify(ctx.path === '/jwks' ? publicKeys(ctx.body as Jwks, kids) : ctx.body);
      entry = { body, etag: `"${digest(body)}"`, type: ctx.response.get('Content-Type') };
      cached.set(ctx.path, entry);
    }
    ctx.status = 200;
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': `public, max-age=${maxAge}`, ETag: entry.etag });
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.type = entry.type;
    ctx.body = entry.body;
    if (
      ctx
        .get('If-None-Match')
        .split(/\s*,\s*/)
        .includes(entry.etag)
    )
      ctx.status = 304;
  });
}

type Jwks = { readonly keys: readonly { readonly kid?: string }[] };

const publicKeys = ({ keys }: Jwks, kids: ReadonlySet<string | undefined>): Jwks => ({
  keys: keys.filter(({ kid }) => kids.has(kid)),
});
