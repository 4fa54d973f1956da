// A form that was sent when the proof was no longer fresh. It is stored sealed with the session while its
// sender proves themselves, and shown then as one button that sends it again.
// Nothing is done on the way, and no secret is stored.
import { readText } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { formTokenField } from '../kit/form-fields.ts';
import type { Area } from './areas.ts';

export type PendingForm = {
  readonly accountId: string;
  readonly area: Area;
  /** The form's target. */
  readonly path: string;
  /** The page that the form stood on. */
  readonly back: string;
  /** Null where it cannot be sent again: it contained a file or a secret. */
  readonly fields: readonly (readonly [name: string, value: string])[] | null;
};

export const pendingFormPath = '/admin/continue';

/** Names of fields whose values must not be stored. */
const secretName = /pass(word|phrase)|(^|_)secret$/i;

/** Reads the form that was sent. @throws HttpError `body_too_large` */
export async function readPendingForm(ctx: Context): Promise<Pick<PendingForm, 'path' | 'fields'>> {
  const path = ctx.path;
  const type = ctx.get('Content-Type');
  if (type !== '' && !ctx.is('application/x-www-form-urlencoded')) return { path, fields: null };
  const fields = [...new URLSearchParams(await readText(ctx))].filter(([name]) => name !== formTokenField);
  return { path, fields: fields.some(([name]) => secretName.test(name)) ? null : fields };
}
