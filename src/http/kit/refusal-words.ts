// The words and the next step of each refusal. The compiler checks that every code has words in every
// language.
import type { Messages } from '../../i18n/messages.ts';
import { fill } from '../../i18n/text.ts';
import type { RefusalCode } from './refusals.ts';
import type { WayBack } from './way-back.ts';

type Refusals = Pick<Messages, 'refusals'>;
type Words = { readonly title: string; readonly message: string };

/** The title and the sentence of a refusal, for people. */
export const wordsFor = (all: Refusals, code: RefusalCode): Words => {
  const words: Readonly<Record<RefusalCode, Words>> = all.refusals;
  return words[code];
};

const startAgain: readonly RefusalCode[] = [
  'notice_not_found',
  'frame_stale',
  'ticket_not_found',
  'ticket_expired',
  'ticket_already_scanned',
];
const signInAgain: readonly RefusalCode[] = ['not_signed_in', 'device_proof_required', 'device_proof_invalid'];

/** The one thing to do next; null where there is none. */
export function actionFor(all: Messages, code: RefusalCode): { href: string; label: string } | null {
  if (startAgain.includes(code)) return { href: '/q', label: all.leave.toPhoneHome };
  if (code === 'scanner_required') return { href: '/q?scan', label: all.home.scan };
  if (signInAgain.includes(code)) return { href: '/sign-in', label: all.leave.toSignIn };
  return null;
}

/** The link to the app; null where no app is known. */
export const wayBackAction = (all: Messages, wayBack: WayBack | null): { href: string; label: string } | null =>
  wayBack && { href: wayBack.href, label: fill(all.waiting.back, { client: wayBack.clientName }) };

/** Whether the way back to the relying party is the only one that is left. */
export const isWayOut = (state: string): boolean => state === 'denied' || state === 'consumed';

const onWaitingPage = [
  'confirmation_code_wrong',
  'passkey_invalid',
  'passkey_unknown',
  'passkey_unverified',
  'passkey_counter',
  'acr_unmet',
  'credentials_wrong',
  'sign_in_delayed',
  'ticket_expired',
  'interaction_not_found',
  'other_sign_in_off',
  'cross_site_request',
  'device_proof_required',
  'device_proof_invalid',
  'device_clock_wrong',
  'not_signed_in',
  'qr_sign_in_off',
] as const satisfies readonly RefusalCode[];

const onPhone = [
  'frame_stale',
  'ticket_not_found',
  'ticket_expired',
  'ticket_already_scanned',
  'ticket_already_decided',
  'ticket_not_scanned',
  'ticket_other_device',
  'approval_token_invalid',
  'device_proof_required',
  'device_proof_invalid',
  'device_clock_wrong',
  'not_signed_in',
  'reauthentication_required',
  'user_verification_required',
  'passkey_invalid',
  'passkey_unknown',
  'passkey_unverified',
  'passkey_counter',
  'blocked_by_risk',
  'scanner_required',
  'qr_sign_in_off',
  'client_switched_off',
  'number_required',
  'number_wrong',
  'scopes_invalid',
  'approval_not_found',
  'cross_site_request',
] as const satisfies readonly RefusalCode[];

const onPasskeys = [
  'passkey_invalid',
  'passkey_unknown',
  'passkey_unverified',
  'passkey_counter',
  'passkey_not_found',
  'passkey_last',
  'passkey_taken',
  'passkey_limit',
  'passkey_name_invalid',
  'cross_site_request',
] as const satisfies readonly RefusalCode[];

const onPicture = [
  'picture_too_large',
  'picture_unsupported',
  'picture_broken',
] as const satisfies readonly RefusalCode[];

const anywhere = ['rate_limited', 'busy', 'temporarily_unavailable', 'body_invalid', 'internal_error'] as const;

const pick = (all: Refusals, codes: readonly RefusalCode[]) => ({
  refusals: Object.fromEntries(codes.map((code) => [code, wordsFor(all, code)])),
});

/** The refusals that the script of a page may have to show, as the part `refusals` of its texts. */
export const waitingRefusals = (all: Refusals) => pick(all, [...onWaitingPage, ...anywhere]);
export const phoneRefusals = (all: Refusals) => pick(all, [...onPhone, ...anywhere]);
const onRecoveryCodes = ['cross_site_request'] as const satisfies readonly RefusalCode[];

export const recoveryCodeRefusals = (all: Refusals) => pick(all, [...onRecoveryCodes, ...anywhere]);
export const pictureRefusals = (all: Refusals) => pick(all, [...onPicture, ...anywhere]);
export const passkeyRefusals = (all: Refusals) => pick(all, [...onPasskeys, ...anywhere]);
