// What somebody had typed into a form of the console when their proof ran out: kept sealed with their session while they prove themselves
// again, and shown then as one button that sends the same to the same place. Nothing is done by the way, and secrets are never among it.
import { readText } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import type { Area } from './areas.ts';

export type PendingForm = {
  readonly accountId: string;
  readonly area: Area;
  /** The form's target. */
  readonly path: string;
  /** The page it stood on. */
  readonly back: string;
  /** Null where it cannot be sent again: a file, or a secret was in it. */
  readonly fields: readonly (readonly [name: string, value: string])[] | null;
};

export const pendingFormPath = '/admin/continue';

const secretName = /pass(word|phrase)|(^|_)secret$/i;

/** Reads no more than any form may have. @throws HttpError `body_too_large` */
export async function readPendingForm(ctx: Context): Promise<Pick<PendingForm, 'path' | 'fields'>> {
  const path = ctx.path;
  const type = ctx.get('Content-Type');
  if (type !== '' && !ctx.is('application/x-www-form-urlencoded')) return { path, fields: null };
  const fields = [...new URLSearchParams(await readText(ctx))];
  return { path, fields: fields.some(([name]) => secretName.test(name)) ? null : fields };
}
