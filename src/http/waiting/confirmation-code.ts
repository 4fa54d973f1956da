// Reads the confirmation code that the person typed, from the page's script or from its plain form.
import { z } from 'zod';
import { maxTypedLength } from '../../plain-text.ts';
import { readForm, readJson } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';

/** The body of `POST /interaction/:uid/finish`. */
const finishBody = z.strictObject({
  confirmation_code: z
    .string()
    .max(maxTypedLength)
    .nullish()
    .describe('The six digits that the phone shows, if they are required. Separators and a label are ignored.'),
});

/** The confirmation code of a JSON body or a form; null when none was typed. */
export async function readConfirmationCode(ctx: Context): Promise<string | null> {
  const typed = ctx.is('application/json')
    ? (await readJson(ctx, finishBody)).confirmation_code
    : (await readForm(ctx)).get('confirmation_code');
  return typed ? typed.slice(0, maxTypedLength) : null;
}
