// A link that lets whoever holds it do one thing, so many times and for so long: become the first administrator, make an account, or set
// a new password (security.md D6); or proves that an address is theirs (D10). Pure rules; how links are made is in links.ts, what their holders do with them in redemptions.ts.

import { AppError } from '../../errors.ts';
import { type Account, type Role, roles } from '../account/account.ts';

export type LinkId = string & { readonly brand: 'LinkId' };

/** `sign_up` and `email` travel by mail alone: whoever holds one has the address it names. */
export const linkPurposes = ['administrator', 'invitation', 'reset', 'sign_up', 'email'] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

export const linkWays = ['console', 'api', 'command_line', 'start', 'mail', 'recovery_code'] as const;

/** How somebody came to make a link, and who. */
export type LinkMaker = {
  readonly way: (typeof linkWays)[number];
  /** A client's id; of links of before also a username. */
  readonly name: string | null;
  /** At the console, whose it is: what they give ends with their own right to give it. Their name is not kept with it. */
  readonly accountId?: string;
};

export type Link = {
  /** There is one administrator's link, and one reset link per account and way: a new one takes the place of the one before. */
  readonly id: LinkId;
  readonly purpose: LinkPurpose;
  /** Digest of what stands in the address. */
  readonly secretHash: string;
  /** What whoever made it calls it. */
  readonly name: string;
  readonly uses: number;
  readonly used: number;
  /** What an account that is made by it may do. */
  readonly roles: readonly Role[];
  /** Whose password it sets. */
  readonly accountId: string | null;
  /** An administrator's link that works although there are administrators: for whoever is locked out, from the machine's command line. */
  readonly isRecovery: boolean;
  /** The address it was sent to, and proves; a reset link ends when the account gets another one. */
  readonly email?: string;
  /** Of the account, when it was made: signing out everywhere ends it, and so does a new password. */
  readonly signOuts?: number;
  /** Of the account, when it was made: another wish ends it, and so does another address. */
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
/** Security.md D6: at most 60 minutes. */
export const resetLinkSeconds = 3600;
/** Mail may take its time. */
export const emailLinkSeconds = 86_400;
/** After a recovery code one goes on at once. */
export const recoveryLinkSeconds = 900;
export const invitationDefaults = { uses: 1, days: 7 } as const;
export const invitationLimits = { nameLength: 60, uses: 1000, days: 90 } as const;

export const administratorLinkId = 'administrator' as LinkId;
export const emailLinkId = (accountId: string): LinkId => `email.${accountId}` as LinkId;
/** One per address, by its keyed digest: it stands in records, and tells nobody whose address it is. */
export const signUpLinkId = (emailHash: string): LinkId => `sign_up.${emailHash}` as LinkId;
/** One per way: what somebody asks for by mail does not end what its owner was given otherwise. */
export const resetLinkId = (way: LinkMaker['way'], accountId: string): LinkId => `reset.${way}.${accountId}` as LinkId;
export const resetLinkIds = (accountId: string): LinkId[] => linkWays.map((way) => resetLinkId(way, accountId));

/** Security.md D6: what was handed out before the account was taken back, or got another address, sets no password; and E7: what works by a token takes over nobody who has a role, also if they got it afterwards. */
export const mayReset = ({ by, signOuts = 0, email }: Link, account: Account): boolean =>
  account.disabledAt === null &&
  (account.signOuts ?? 0) === signOuts &&
  (by.way !== 'mail' || (email !== undefined && account.email === email)) &&
  (by.way !== 'api' || account.roles.length === 0);

export const isUsable = (link: Link, now: number): boolean => link.used < link.uses && now < link.expiresAt;

/** One use counted. @throws LinkError `link_not_found`: used up, expired and replaced look alike */
export function countUse(link: Link, secretHash: string, now: number): Link {
  if (link.secretHash !== secretHash || !isUsable(link, now)) throw linkNotFound();
  return { ...link, used: link.used + 1 };
}

/** A use that led to nothing is given back, unless another link has taken the place meanwhile. */
export const giveBack = (link: Link, secretHash: string): Link =>
  link.secretHash === secretHash ? { ...link, used: Math.max(0, link.used - 1) } : link;

/** Absent: the default. */
export type InvitationWish = {
  readonly name?: string | undefined;
  readonly uses?: number | undefined;
  readonly days?: number | undefined;
  readonly roles?: readonly string[] | undefined;
};

/** The one judge of an invitation, whichever way it comes. @throws LinkError `link_invalid` with every problem by field. */
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
const isName = (name: string): boolean =>
  [...name].length <= invitationLimits.nameLength && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name);
const countProblem = (path: string, count: number, most: number): Problems =>
  Number.isSafeInteger(count) && count >= 1 && count <= most
    ? []
    : [{ path, message: `must be a whole number from 1 to ${most}` }];

export const signUpClosed = () => new LinkError('sign_up_closed', 'This provider makes no accounts in this way.');

export const linkNotFound = () =>
  new LinkError('link_not_found', 'This link is unknown, used up, expired or replaced by a newer one.');
