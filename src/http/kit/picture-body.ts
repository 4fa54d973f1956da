// Reads a picture that somebody uploads: as the request's body itself, or from a form with one file field.
import { logoTooLarge, maxLogoBytes } from '../../core/client/logo.ts';
import { readBytes } from './body.ts';
import type { Context } from './context.ts';
import { HttpError } from './refusals.ts';

export type UploadedPicture = { readonly body: Buffer; readonly type: string };

/** What multipart adds around the file: boundaries, headers, the field's name. */
const formOverheadBytes = 4096;

/**
 * Reads a picture that is the body itself. `type` is what the sender claims. @throws ClientError
 * `logo_too_large`
 */
export async function readPicture(ctx: Context): Promise<UploadedPicture> {
  return { body: await readBytes(ctx, maxLogoBytes).catch(tooLarge), type: ctx.get('Content-Type') };
}

/**
 * Reads a picture from a form with one file field, as a browser without script sends it (RFC 7578).
 * @throws HttpError `content_type_unsupported`, `body_invalid`
 * @throws ClientError `logo_too_large`
 */
export async function readPictureField(ctx: Context, name: string): Promise<UploadedPicture> {
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

function tooLarge(error: unknown): never {
  if (error instanceof HttpError && error.code === 'body_too_large') throw logoTooLarge();
  throw error;
}
