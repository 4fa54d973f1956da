// A person who can sign in. `id` is the `sub` that relying parties see (OIDC Core §2). It never changes and
// is never reused.
import { AppError } from '../../errors.ts';

export type AccountId = string & { readonly brand: 'AccountId' };

/**
 * What an account may do beyond signing in. `administrator`: everything; `client-manager`: clients;
 * `auditor`: read the activity.
 */
export const roles = ['administrator', 'client-manager', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** A picture that the owner uploaded; `copy` is this account's own copy of it. */
export type AccountPicture = { readonly hash: string; readonly copy: string };

/** Instants are in epoch seconds. */
export type Account = {
  readonly id: AccountId;
  /** Lower case, NFC, unique. */
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  /** BCP 47. It chooses the language of pages and is the `locale` claim. */
  readonly locale: string | null;
  /** Argon2id hash in PHC string format. Null: no password. */
  readonly passwordHash: string | null;
  /** Absent: none. */
  readonly picture?: AccountPicture;
  readonly roles: readonly Role[];
  /** When it was disabled. A disabled account is refused everywhere at once. */
  readonly disabledAt: number | null;
  /** When it was last signed out everywhere. Everything older is over, however it was signed in. */
  readonly signedOutAt?: number;
  /** How often it was signed out everywhere; needed because two events may share a second. Absent: 0. */
  readonly signOuts?: number;
  /**
   * How often all its browsers were ended. Approvals from before the last time are invalid, consumed or not.
   * Absent: 0.
   */
  readonly browserEndings?: number;
  /**
   * How often its email was set, a new one was requested, or a request was withdrawn. A verification link is
   * valid only under the count at which it was made. Absent: 0.
   */
  readonly emailWishes?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Increases with every change that editors can see, so that two editors cannot overwrite each other. */
  readonly revision: number;
};

/** What an account is created from. Absent values get their defaults. */
export type NewAccount = {
  readonly username: string;
  readonly displayName?: string | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly locale?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Null: the account signs in by passkey. */
  readonly password: string | null;
  /** Set when a passkey was already made for this id. Absent: a new id. */
  readonly id?: AccountId | undefined;
};

/** Stable codes; http/kit/refusals.ts maps each to a status and a sentence. */
export type AccountErrorCode =
  | 'username_taken'
  | 'username_invalid'
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'password_has_names'
  | 'password_pattern'
  | 'credentials_wrong'
  | 'sign_in_delayed'
  | 'account_not_found'
  | 'account_invalid'
  | 'account_changed'
  | 'picture_too_large'
  | 'picture_unsupported'
  | 'picture_broken'
  | 'name_not_typed'
  | 'last_administrator';

type Problems = readonly { readonly path: string; readonly message: string }[];

export class AccountError extends AppError<AccountErrorCode> {
  /** What is wrong, by field. */
  readonly problems: Problems;

  constructor(
    code: AccountErrorCode,
    message: string,
    options: ConstructorParameters<typeof AppError>[2] & { problems?: Problems } = {},
  ) {
    super(code, message, options);
    this.problems = options.problems ?? [];
  }
}

const usernamePattern = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u;

/**
 * Returns the one spelling under which a username is stored, compared and limited. Null: it is no valid
 * username.
 */
export function normaliseUsername(typed: string): string | null {
  const username = typed.normalize('NFKC').trim().toLowerCase();
  return usernamePattern.test(username) ? username : null;
}
