// Bodies, answers and refusals of the ticket operations (tickets.ts) of the phone API.
import { z } from 'zod';
import { assertionSchema } from '../kit/passkey-schemas.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import { requirementNames, reviewContext } from './review-json.ts';
import { approvalToken, instant, scopeNames } from './schemas.ts';

/** States as this API names them. `expired` is derived from the deadline and never stored. */
export const states = ['pending', 'scanned', 'approved', 'denied', 'expired', 'cancelled', 'consumed'] as const;

/** The body of a claim: one of `qr`, `user_code` and `ask`. */
export const scanBody = z
  .strictObject({
    qr: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe('The scanned link, or what stands after /q/: a frame, or a device’s handle.'),
    user_code: z.string().min(1).max(64).optional().describe('The typed code; case and separators do not matter.'),
    ask: z
      .string()
      .regex(/^[\w-]{22}$/)
      .optional()
      .describe('A request that waits for this account’s phones, by its id.'),
    channel: z
      .enum(['scanner', 'link'])
      .optional()
      .describe('scanner: read at this moment by a camera inside this app or page.'),
  })
  .refine(
    ({ qr, user_code, ask }) => [qr, user_code, ask].filter((way) => way !== undefined).length === 1,
    'exactly one of qr, user_code and ask',
  );

/** The body of a repeated review. */
export const reviewBody = z.strictObject({ approval_token: approvalToken.describe('From the claim.') });

/** The body of an approval. What `requires` of the claim lists must be there. */
export const approveBody = z.strictObject({
  approval_token: approvalToken.describe('From the claim; single use.'),
  scopes: scopeNames.optional().describe('What is granted; absent: everything asked for.'),
  trust_browser: z.boolean().optional().describe('The waiting browser is the person’s own: keep it signed in.'),
  number: z
    .string()
    .max(8)
    .optional()
    .describe('Where `requires` says number: the one of `numbers` that the waiting browser shows. A wrong one denies.'),
  user_code_confirmed: z
    .boolean()
    .optional()
    .describe(
      'Where `requires` says user_code: the person looked, and the other screen shows `context.user_code`. Without it nothing is approved.',
    ),
  passkey: assertionSchema.nullish().describe('Where `requires` says passkey: the answer to `passkey_options`, once.'),
});

/** The body of a denial. */
export const denyBody = z.strictObject({
  approval_token: approvalToken.describe('From the claim.'),
  report: z.boolean().optional().describe('I did not start this: block that browser for this account.'),
});

/** What the person sees before the decision, and what it needs. */
export const review = z.object({
  expires_at: instant,
  context: reviewContext,
  requires: z
    .array(z.enum(requirementNames))
    .describe('What an approval asks beyond a tap. A passkey stands for reauthentication as well.'),
  numbers: z
    .array(z.string())
    .nullable()
    .describe(
      'Where this phone was asked: what to choose from, one of them being on the other screen. A wrong choice denies. Null elsewhere.',
    ),
  passkey_options: z.unknown().meta({
    type: ['object', 'null'],
    description:
      'PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3) to answer in `passkey` of the approval; null where none is asked, or the account has none.',
  }),
});

/** Codes that a claim can answer. */
export const claimRefusals: readonly RefusalCode[] = [
  'rate_limited',
  'ticket_not_found',
  'frame_stale',
  'ticket_expired',
  'ticket_already_scanned',
  'ticket_already_decided',
  'qr_sign_in_off',
  'client_switched_off',
  'scope_insufficient',
];
/** Codes that both decisions, and a repeated review, can answer. */
export const decisionRefusals: readonly RefusalCode[] = [
  'ticket_not_found',
  'ticket_expired',
  'ticket_already_decided',
  'ticket_not_scanned',
  'ticket_other_device',
  'approval_token_invalid',
];
/** Codes that an approval can answer. */
export const approvalRefusals: readonly RefusalCode[] = [
  ...decisionRefusals,
  'reauthentication_required',
  'user_verification_required',
  'blocked_by_risk',
  'scanner_required',
  'scope_insufficient',
  'scopes_invalid',
  'passkey_invalid',
  'number_required',
  'number_wrong',
  'user_code_unconfirmed',
  'qr_sign_in_off',
  'client_switched_off',
];
