// What can be refused or go wrong between this command and a provider elsewhere. A refusal of its administration API keeps the code it has there.
import { AppError } from '../../errors.ts';

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

export class RemoteError extends AppError<RemoteErrorCode> {}

/** Said by the provider, in its words. */
export class ProviderRefusal extends AppError {
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(code, message);
    this.status = status;
  }
}

export const unexpected = (message: string, cause?: unknown): RemoteError =>
  new RemoteError('provider_unexpected', message, cause === undefined ? {} : { cause });
