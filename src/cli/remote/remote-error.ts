// Errors of commands that work at a provider elsewhere. A refusal of its administration API keeps its code.
import { AppError } from '../../errors.ts';

/** Stable codes, printed in parentheses after the sentence. */
export type RemoteErrorCode =
  | 'not_signed_in'
  | 'session_ended'
  | 'session_file_unsafe'
  | 'session_file_broken'
  | 'session_file_unwritable'
  | 'session_busy'
  | 'login_denied'
  | 'login_expired'
  | 'login_cancelled'
  | 'login_refused'
  | 'provider_unreachable'
  | 'provider_unexpected'
  | 'remote_unsupported';

/** Something refused or failed on this side of the connection, or on the way. */
export class RemoteError extends AppError<RemoteErrorCode> {}

/** A refusal of the administration API, in the provider's words. `status` is the HTTP status. */
export class ProviderRefusal extends AppError {
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(code, message);
    this.status = status;
  }
}

/** The provider answered something that no provider should. */
export const unexpected = (message: string, cause?: unknown): RemoteError =>
  new RemoteError('provider_unexpected', message, cause === undefined ? {} : { cause });
