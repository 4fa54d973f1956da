// A person who can sign in. `id` is the `sub` relying parties see (OIDC Core §2), and never changes or returns to another person.
import { AppError } from '../../errors.ts';

export type AccountId = string & { readonly brand: 'AccountId' };

/** What an account may do beyond signing in: everything here, or only clients, or only read what happened. */
export const roles = ['administrator', 'client-manager', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** A picture of the owner's; `copy` is this account's own record of it. */
export type AccountPicture = { readonly hash: string; readonly copy: string };

export type Account = {
  readonly id: AccountId;
  /** Lower case, NFC; unique. */
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  /** BCP 47, for pages and the `locale` claim. */
  readonly locale: string | null;
  /** Argon2id in PHC string format; null: no password. */
  readonly passwordHash: string | null;
  /** Absent: none. */
  readonly picture?: AccountPicture;
  readonly roles: readonly Role[];
  /** A disabled account is refused on every path at once. */
  readonly disabledAt: number | null;
  /** An administrator signed it out everywhere: whatever is not newer than this is over, however it was signed in. */
  readonly signedOutAt?: number;
  /** How often that happened, which instants of one second could not tell; absent: never. */
  readonly signOuts?: number;
  /** How often all its browsers were ended: what was approved before the last time is over, finished or not; absent: never. */
  readonly browserEndings?: number;
  /** How often its email was set, another one asked for, or that taken back: a link that proves one is worth something under its own count alone; absent: never. */
  readonly emailWishes?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** One more with every change an editor could see: two of them cannot overwrite each other. */
  readonly revision: number;
};

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

/** The one spelling under which a username is kept, compared and limited. Null: not a possible username. */
export function normaliseUsername(typed: string): string | null {
  const username = typed.normalize('NFKC').trim().toLowerCase();
  return usernamePattern.test(username) ? username : null;
}
