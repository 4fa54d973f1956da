// The JSON bodies we take, as schemas: they validate the requests and describe them in the OpenAPI document.
import { z } from 'zod';
import { assertionSchema } from './passkey-schemas.ts';

const token = z.string().min(1).max(128);
const scopes = z.array(z.string().min(1).max(64)).max(32);

export const scanBody = z
  .strictObject({
    qr: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .meta({ description: 'The scanned link, or what stands after /q/: a frame, or a device’s handle.' }),
    user_code: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'The typed code; case and separators do not matter.' }),
    ask: z
      .string()
      .regex(/^[\w-]{22}$/)
      .optional()
      .meta({ description: 'A request that waits for this account’s phones, by its id.' }),
    channel: z
      .enum(['scanner', 'link'])
      .optional()
      .meta({ description: 'scanner: read at this moment by a camera inside this app or page.' }),
  })
  .refine(
    ({ qr, user_code, ask }) => [qr, user_code, ask].filter((way) => way !== undefined).length === 1,
    'exactly one of qr, user_code and ask',
  );

export const approveBody = z.strictObject({
  approval_token: token.meta({ description: 'From the claim; single use.' }),
  scopes: scopes.optional().meta({ description: 'What is granted; absent: everything asked for.' }),
  trust_browser: z
    .boolean()
    .optional()
    .meta({ description: 'The waiting browser is the person’s own: keep it signed in.' }),
  number: z.string().max(8).optional().meta({
    description:
      'Where `requires` says number: the one of `numbers` that the waiting browser shows. A wrong one denies.',
  }),
  user_code_confirmed: z.boolean().optional().meta({
    description:
      'Where `requires` says user_code: the person looked, and the other screen shows `context.user_code`. Without it nothing is approved.',
  }),
  passkey: assertionSchema
    .nullish()
    .meta({ description: 'Where `requires` says passkey: the answer to `passkey_options`, once.' }),
});

/** The claim looked at anew. */
export const reviewBody = z.strictObject({ approval_token: token.meta({ description: 'From the claim.' }) });

/** What the browser's PushManager gave out, as its toJSON() has it. */
export const pushBody = z.strictObject({
  endpoint: z.url().max(2048),
  expirationTime: z.number().nullish(),
  keys: z.strictObject({
    p256dh: z
      .string()
      .regex(/^[\w-]{87}$/)
      .meta({ description: 'The public key, 65 bytes in base64url.' }),
    auth: z
      .string()
      .regex(/^[\w-]{22}$/)
      .meta({ description: 'The secret, 16 bytes in base64url.' }),
  }),
});

export const denyBody = z.strictObject({
  approval_token: token.meta({ description: 'From the claim.' }),
  report: z.boolean().optional().meta({ description: 'I did not start this: block that browser for this account.' }),
});

export const continueBody = z.strictObject({ scopes: scopes.optional() });

export const finishBody = z.strictObject({
  confirmation_code: z.string().max(32).nullish().meta({ description: 'The six digits the phone shows, where asked.' }),
});
