// Pictures of relying parties at `/logo/<sha256>`: what an address gives never changes, so it may be kept for good. An SVG was judged before
// it was kept (client/safe-svg.ts); opened by itself it could still do nothing here.
import Router from '@koa/router';
import { logoTooLarge, maxLogoBytes } from '../../core/client/logo.ts';
import type { Logos } from '../../core/client/logos.ts';
import { readBytes } from '../kit/body.ts';
import type { Context, State } from '../kit/context.ts';
import { HttpError } from '../kit/refusals.ts';

const oneYearSeconds = 31_536_000;
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export function createLogoRoutes({ logos }: { logos: Logos }): Router<State> {
  const router = new Router<State>({ prefix: '/logo' });
  router.get('/:hash', async (ctx) => {
    const logo = await logos.find(String(ctx.params.hash));
    if (!logo) throw new HttpError('not_found', 'There is no such picture.');
    ctx.set('Content-Security-Policy', policy);
    ctx.set('Cache-Control', `public, max-age=${oneYearSeconds}, immutable`);
    ctx.set('Content-Type', logo.type);
    ctx.body = logo.body;
  });
  return router;
}

/** A picture as the body itself. @throws ClientError `logo_too_large` */
export async function readPicture(ctx: Context): Promise<{ body: Buffer; type: string }> {
  return { body: await readBytes(ctx, maxLogoBytes).catch(tooLarge), type: ctx.get('Content-Type') };
}

function tooLarge(error: unknown): never {
  if (error instanceof HttpError && error.code === 'body_too_large') throw logoTooLarge();
  throw error;
}

const formOverheadBytes = 4096;

/** A picture from a form with one file field, as a browser without script sends it (RFC 7578). @throws HttpError `body_invalid`; ClientError */
export async function readPictureField(ctx: Context, name: string): Promise<{ body: Buffer; type: string }> {
  if (!ctx.is('multipart/form-data')) {
    throw new HttpError('content_type_unsupported', 'Send this as multipart/form-data.');
  }
  const body = new Uint8Array(await readBytes(ctx, maxLogoBytes + formOverheadBytes).catch(tooLarge));
  const form = await new Response(body, { headers: { 'Content-Type': ctx.get('Content-Type') } })
    .formData()
    .catch(() => null);
  const file = form?.get(name);
  if (!(file instanceof File)) throw new HttpError('body_invalid', `${name}: a file is missing.`);
  return { body: Buffer.from(await file.arrayBuffer()), type: file.type };
}
