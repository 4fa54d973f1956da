// The one table from stable error codes to HTTP statuses (protocol.md 8). A code that is missing here is a
// type error.
import type { AccountErrorCode } from '../../core/account/account.ts';
import type { PasskeyErrorCode } from '../../core/account/passkey.ts';
import type { RecoveryCodeErrorCode } from '../../core/account/recovery-code.ts';
import type { ApprovalErrorCode } from '../../core/approval/approval.ts';
import type { ClientErrorCode } from '../../core/client/client.ts';
import type { RegistrationErrorCode } from '../../core/client/registrations.ts';
import type { DeviceErrorCode } from '../../core/device/device.ts';
import type { LinkErrorCode } from '../../core/link/link.ts';
import type { MailErrorCode } from '../../core/mail/queued-mail.ts';
import type { NoticeErrorCode } from '../../core/notice/notice.ts';
import type { PushErrorCode } from '../../core/push/push.ts';
import type { TicketErrorCode } from '../../core/ticket/ticket.ts';
import { AppError } from '../../errors.ts';

/** Refusals that belong to no concept of the core but to HTTP itself. */
export type HttpErrorCode =
  | 'not_found'
  | 'method_not_allowed'
  | 'body_invalid'
  | 'body_too_large'
  | 'content_type_unsupported'
  | 'uri_too_long'
  | 'request_target_invalid'
  | 'acr_unmet'
  | 'scope_insufficient'
  | 'role_missing'
  | 'role_insufficient'
  | 'precondition_required'
  | 'request_in_progress'
  | 'host_unknown'
  | 'cross_site_request'
  | 'interaction_not_found'
  | 'other_sign_in_off'
  | 'token_invalid'
  | 'too_many_streams'
  | 'rate_limited'
  | 'busy'
  | 'temporarily_unavailable'
  | 'internal_error';

export class HttpError extends AppError<HttpErrorCode> {}

/** Every stable code that an answer of ours may carry. */
export type RefusalCode =
  | TicketErrorCode
  | DeviceErrorCode
  | ApprovalErrorCode
  | AccountErrorCode
  | PasskeyErrorCode
  | PushErrorCode
  | RecoveryCodeErrorCode
  | ClientErrorCode
  | RegistrationErrorCode
  | LinkErrorCode
  | MailErrorCode
  | NoticeErrorCode
  | HttpErrorCode;

export const statusOf: Readonly<Record<RefusalCode, number>> = {
  frame_stale: 410,
  ticket_not_found: 404,
  ticket_expired: 410,
  ticket_already_scanned: 409,
  ticket_already_decided: 409,
  ticket_not_scanned: 409,
  ticket_not_approved: 409,
  ticket_other_device: 403,
  approval_token_invalid: 403,
  confirmation_code_wrong: 422,
  device_proof_required: 401,
  device_proof_invalid: 401,
  device_clock_wrong: 401,
  not_signed_in: 401,
  reauthentication_required: 401,
  device_not_found: 404,
  device_name_invalid: 422,
  user_verification_required: 401,
  blocked_by_risk: 403,
  scanner_required: 403,
  qr_sign_in_off: 403,
  client_switched_off: 403,
  scopes_invalid: 422,
  number_required: 422,
  number_wrong: 422,
  user_code_unconfirmed: 422,
  push_endpoint_invalid: 422,
  approval_not_found: 404,
  grant_not_found: 404,
  recovery_code_wrong: 401,
  sign_up_closed: 403,
  passkey_invalid: 400,
  passkey_unknown: 400,
  passkey_unverified: 400,
  passkey_counter: 400,
  passkey_not_found: 404,
  passkey_last: 409,
  passkey_taken: 409,
  passkey_limit: 409,
  passkey_name_invalid: 422,
  picture_too_large: 413,
  picture_unsupported: 415,
  picture_broken: 422,
  name_not_typed: 422,
  username_taken: 409,
  username_invalid: 422,
  password_too_short: 422,
  password_too_long: 422,
  password_too_common: 422,
  password_has_names: 422,
  password_pattern: 422,
  credentials_wrong: 401,
  sign_in_delayed: 429,
  account_not_found: 404,
  registration_token_invalid: 401,
  registration_token_not_found: 404,
  account_invalid: 422,
  account_changed: 412,
  last_administrator: 409,
  link_not_found: 404,
  account_disabled: 409,
  link_invalid: 422,
  administrator_exists: 409,
  notice_not_found: 404,
  mail_off: 409,
  mail_invalid: 422,
  client_id_taken: 409,
  client_not_found: 404,
  client_changed: 412,
  client_read_only: 409,
  client_secret_not_found: 404,
  client_metadata_invalid: 422,
  logo_too_large: 413,
  logo_type_unsupported: 415,
  logo_type_mismatch: 422,
  logo_broken: 422,
  logo_side_too_long: 422,
  logo_unsafe: 422,
  not_found: 404,
  method_not_allowed: 405,
  body_invalid: 400,
  body_too_large: 413,
  content_type_unsupported: 415,
  uri_too_long: 414,
  request_target_invalid: 400,
  acr_unmet: 403,
  scope_insufficient: 403,
  role_missing: 403,
  role_insufficient: 403,
  precondition_required: 428,
  request_in_progress: 409,
  host_unknown: 421,
  cross_site_request: 403,
  interaction_not_found: 404,
  other_sign_in_off: 403,
  token_invalid: 401,
  too_many_streams: 429,
  rate_limited: 429,
  busy: 503,
  temporarily_unavailable: 503,
  internal_error: 500,
};

const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(statusOf, code);

/** What an error becomes before it is written as JSON or as a page. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  readonly facts: AppError['facts'];
  /** The refused fields, each with a sentence. */
  readonly problems?: readonly FieldProblem[];
};

type FieldProblem = { readonly path: string; readonly message: string };

const problemsOf = (error: AppError): readonly FieldProblem[] =>
  'problems' in error && Array.isArray(error.problems) ? error.problems : [];

/**
 * The refusal for anything thrown. The message of an AppError is public; of any other error the caller learns
 * nothing.
 */
export function refusalFor(error: unknown): Refusal {
  if (error instanceof AppError && isRefusalCode(error.code)) {
    const { message, facts } = error;
    const { code } = error as AppError<RefusalCode>;
    return { code, status: statusOf[code], message, facts, problems: problemsOf(error) };
  }
  if (isStoreAway(error)) {
    const message = 'The provider cannot reach its database. Try again in a moment.';
    return { code: 'temporarily_unavailable', status: 503, message, facts: { retryAfterSeconds: 2 } };
  }
  return { code: 'internal_error', status: 500, message: 'Something went wrong on our side.', facts: {} };
}

/** Whether the store is unreachable: as a store says it, or as oidc-provider says it for the store. */
function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'StoreUnavailableError' || ('error' in error && error.error === 'temporarily_unavailable');
}

/** A problem document (RFC 9457 §3) with our stable `code` beside its members. */
export function problemOf({ code, status, message, facts, problems = [] }: Refusal): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: code.replaceAll('_', ' '),
    status,
    code,
    detail: message,
    ...(problems.length > 0 && { errors: problems }),
    ...(facts.triesLeft !== undefined && { tries_left: facts.triesLeft }),
    ...(facts.retryAfterSeconds !== undefined && { retry_after: facts.retryAfterSeconds }),
    ...(facts.serverTime !== undefined && { server_time: facts.serverTime }),
  };
}
