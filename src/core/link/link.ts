// A single-use or limited link: whoever holds it may become the first administrator, create an account, set a
// new password (security.md D6), or prove that an address is theirs (D10). Pure rules. links.ts makes links;
// redemptions.ts uses them.

import { AppError } from '../../errors.ts';
import { charactersIn, hidingCharacters, isVisible } from '../../plain-text.ts';
import { type Account, type Role, roles } from '../account/account.ts';

export type LinkId = string & { readonly brand: 'LinkId' };

/** `sign_up` and `email` links are sent only by mail, so their holder owns the address in them. */
const linkPurposes = ['administrator', 'invitation', 'reset', 'sign_up', 'email'] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

export const linkWays = ['console', 'api', 'command_line', 'start', 'mail', 'recovery_code'] as const;

/** How a link was made, and by whom. */
export type LinkMaker = {
  readonly way: (typeof linkWays)[number];
  /** The id of a client; in old links also a username. */
  readonly name: string | null;
  /**
   * The administrator's account, for links made at the console. The link is valid only while this account may
   * give its roles. The name is not stored with it.
   */
  readonly accountId?: string;
};

/** Instants are in epoch seconds. */
export type Link = {
  /**
   * There is one administrator's link, and one reset link per account and way. A new one replaces the old
   * one.
   */
  readonly id: LinkId;
  readonly purpose: LinkPurpose;
  /** Digest of the secret in the link's address. */
  readonly secretHash: string;
  /** The name that its maker gave it. */
  readonly name: string;
  readonly uses: number;
  readonly used: number;
  /** Roles of an account that is created by it. */
  readonly roles: readonly Role[];
  /** The account whose password or email it sets; null for links that create accounts. */
  readonly accountId: string | null;
  /**
   * An administrator's link that works although there are administrators, for administrators who are locked
   * out. Only the command line makes one.
   */
  readonly isRecovery: boolean;
  /**
   * The address that it was sent to and proves. A reset link becomes invalid when the account's address
   * changes.
   */
  readonly email?: string;
  /**
   * The account's `signOuts` when the link was made. Signing out everywhere, or a new password, makes the
   * link invalid.
   */
  readonly signOuts?: number;
  /**
   * The account's `emailWishes` when the link was made. A later request for an address makes the link
   * invalid.
   */
  readonly emailWishes?: number;
  readonly by: LinkMaker;
  readonly createdAt: number;
  readonly expiresAt: number;
};

type Problems = readonly { readonly path: string; readonly message: string }[];

export type LinkErrorCode =
  | 'sign_up_closed'
  | 'link_not_found'
  | 'link_invalid'
  | 'administrator_exists'
  | 'account_disabled';

export class LinkError extends AppError<LinkErrorCode> {
  /** What is wrong, by field. */
  readonly problems: Problems;

  constructor(code: LinkErrorCode, message: string, problems: Problems = []) {
    super(code, message);
    this.problems = problems;
  }
}

export const administratorLinkSeconds = 1800;
/** At most 60 minutes (security.md D6). */
export const resetLinkSeconds = 3600;
/** A day, because mail may be delayed. */
export const emailLinkSeconds = 86_400;
/** Short, because a recovery code is used at once. */
export const recoveryLinkSeconds = 900;
export const invitationDefaults = { uses: 1, days: 7 } as const;
export const invitationLimits = { nameLength: 60, uses: 1000, days: 90 } as const;

export const administratorLinkId = 'administrator' as LinkId;
export const emailLinkId = (accountId: string): LinkId => `email.${accountId}` as LinkId;
/**
 * One link per address. The id contains a keyed digest, because audit records show it and must not reveal the
 * address.
 */
export const signUpLinkId = (emailHash: string): LinkId => `sign_up.${emailHash}` as LinkId;
/** One link per way, so that a request by mail does not end a link that the owner got otherwise. */
export const resetLinkId = (way: LinkMaker['way'], accountId: string): LinkId => `reset.${way}.${accountId}` as LinkId;
export const resetLinkIds = (accountId: string): LinkId[] => linkWays.map((way) => resetLinkId(way, accountId));

/**
 * Whether a reset link may still set this account's password. It is invalid after the account was signed out
 * everywhere or, for links by mail, got another address (security.md D6). A link made through the API never
 * works for an account with a role, even if the role came later (E7).
 */
export const mayReset = ({ by, signOuts = 0, email }: Link, account: Account): boolean =>
  account.disabledAt === null &&
  (account.signOuts ?? 0) === signOuts &&
  (by.way !== 'mail' || (email !== undefined && account.email === email)) &&
  (by.way !== 'api' || account.roles.length === 0);

/** Whether the link has uses left and has not expired. */
export const isUsable = (link: Link, now: number): boolean => link.used < link.uses && now < link.expiresAt;

/** Counts one use. @throws LinkError `link_not_found`, alike for used, expired and replaced links */
export function countUse(link: Link, secretHash: string, now: number): Link {
  if (link.secretHash !== secretHash || !isUsable(link, now)) throw linkNotFound();
  return { ...link, used: link.used + 1 };
}

/** Takes a use back that had no result, unless the link was replaced meanwhile. */
export const giveBack = (link: Link, secretHash: string): Link =>
  link.secretHash === secretHash ? { ...link, used: Math.max(0, link.used - 1) } : link;

/** Absent values get their defaults. */
export type InvitationWish = {
  readonly name?: string | undefined;
  readonly uses?: number | undefined;
  readonly days?: number | undefined;
  readonly roles?: readonly string[] | undefined;
};

/**
 * Checks an invitation, whichever interface it comes from.
 * @throws LinkError `link_invalid` with every problem by field
 */
export function checkInvitation(wish: InvitationWish): {
  readonly name: string;
  readonly uses: number;
  readonly days: number;
  readonly roles: readonly Role[];
} {
  const name = (wish.name ?? '').normalize('NFC').trim();
  const { uses = invitationDefaults.uses, days = invitationDefaults.days, roles: wanted = [] } = wish;
  const problems = [
    ...(isName(name)
      ? []
      : [{ path: 'name', message: `must have at most ${invitationLimits.nameLength} characters, all visible` }]),
    ...countProblem('uses', uses, invitationLimits.uses),
    ...countProblem('days', days, invitationLimits.days),
    ...(wanted.every(isRole) ? [] : [{ path: 'roles', message: `must be among ${roles.join(', ')}` }]),
  ];
  if (problems.length > 0) {
    throw new LinkError('link_invalid', problems.map(({ path, message }) => `${path} ${message}`).join('; '), problems);
  }
  return { name, uses, days, roles: roles.filter((role) => wanted.includes(role)) };
}

const isRole = (role: string): boolean => roles.some((known) => known === role);
/** Form of a name: no character of it hides or reorders text. */
export const invitationNamePattern = `^[^${hidingCharacters}\u2028\u2029]*$`;
const plainName = new RegExp(invitationNamePattern, 'u');
const isName = (name: string): boolean =>
  charactersIn(name) <= invitationLimits.nameLength &&
  plainName.test(name) &&
  name.isWellFormed() &&
  (name === '' || isVisible(name));
const countProblem = (path: string, count: number, max: number): Problems =>
  Number.isSafeInteger(count) && count >= 1 && count <= max
    ? []
    : [{ path, message: `must be a whole number from 1 to ${max}` }];

export const signUpClosed = () => new LinkError('sign_up_closed', 'This provider makes no accounts in this way.');

export const linkNotFound = () =>
  new LinkError('link_not_found', 'This link is unknown, used up, expired or replaced by a newer one.');
