// Bodies, answers and refusals of the ticket operations (tickets.ts) of the phone API.
import { z } from 'zod';
import { maxTypedLength } from '../../plain-text.ts';
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
      .describe('The scanned link, or the part after /q/: a frame, or the handle of a screen.'),
    user_code: z
      .string()
      .min(1)
      .max(maxTypedLength)
      .optional()
      .describe('The typed user code. Case, separators and a label are ignored.'),
    ask: z
      .string()
      .regex(/^[\w-]{22}$/)
      .optional()
      .describe('Id of a request that waits for the phones of this account.'),
    channel: z
      .enum(['scanner', 'link'])
      .optional()
      .describe('Channel of the code. scanner means that a camera in this app or page has just read it.'),
  })
  .refine(
    ({ qr, user_code, ask }) => [qr, user_code, ask].filter((way) => way !== undefined).length === 1,
    'exactly one of qr, user_code and ask',
  )
  .meta({ exactlyOneOf: ['qr', 'user_code', 'ask'] });

/** The body of a repeated review. */
export const reviewBody = z.strictObject({
  approval_token: approvalToken.describe('Approval token that the claim returned.'),
});

/** The body of an approval. What `requires` of the claim lists must be there. */
export const approveBody = z.strictObject({
  approval_token: approvalToken.describe('Approval token that the claim returned. It can be used once.'),
  scopes: scopeNames.nullable().optional().describe('Scopes to grant. Absent or null: all requested scopes.'),
  trust_browser: z
    .boolean()
    .optional()
    .describe('Whether the waiting browser belongs to the person and stays signed in.'),
  number: z
    .string()
    .max(8)
    .optional()
    .describe(
      'Required if `requires` contains number: the one of `numbers` that the waiting browser shows. A wrong number denies the sign-in.',
    ),
  user_code_confirmed: z
    .boolean()
    .optional()
    .describe(
      'Required if `requires` contains user_code: true if the person has checked that the screen shows `context.user_code`.',
    ),
  passkey: assertionSchema
    .nullish()
    .describe('Required if `requires` contains passkey: the assertion for `passkey_options`. It can be used once.'),
});

/** The body of a denial. */
export const denyBody = z.strictObject({
  approval_token: approvalToken.describe('Approval token that the claim returned.'),
  report: z
    .boolean()
    .optional()
    .describe('Whether the person did not start this sign-in. Blocks the browser for this account.'),
});

/** What the person sees before the decision, and what it needs. */
export const review = z.object({
  expires_at: instant,
  account: z
    .object({ username: z.string(), name: z.string() })
    .describe('The account for which this device would approve. The page says so, and offers to change it.'),
  context: reviewContext,
  requires: z
    .array(z.enum(requirementNames))
    .describe('What an approval requires besides a tap. A passkey also satisfies reauthentication.'),
  numbers: z
    .array(z.string())
    .nullable()
    .describe(
      'Numbers to choose from, if the browser asked this phone. The browser shows one of them, and a wrong choice denies the sign-in. Null otherwise.',
    ),
  passkey_options: z.unknown().meta({
    type: ['object', 'null'],
    description:
      'PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3). The approval answers it in `passkey`. Null if no passkey is required or the account has none.',
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
  'passkey_unknown',
  'passkey_unverified',
  'passkey_counter',
  'number_required',
  'number_wrong',
  'user_code_unconfirmed',
  'qr_sign_in_off',
  'client_switched_off',
];
