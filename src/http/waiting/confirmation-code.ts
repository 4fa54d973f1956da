// Reads the confirmation code that the person typed, from the page's script or from its plain form.
import { z } from 'zod';
import { readForm, readJson } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';

/** The body of `POST /interaction/:uid/finish`. */
const finishBody = z.strictObject({
  confirmation_code: z
    .string()
    .max(32)
    .nullish()
    .describe('The six digits that the phone shows, if they are required.'),
});

/** The confirmation code of a JSON body or a form; null when none was typed. */
export async function readConfirmationCode(ctx: Context): Promise<string | null> {
  const typed = ctx.is('application/json')
    ? (await readJson(ctx, finishBody)).confirmation_code
    : (await readForm(ctx)).get('confirmation_code');
  return typed ? typed.slice(0, 32) : null;
}
