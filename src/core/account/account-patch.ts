// What an administrator may change of an account, and the check of it, whichever interface it comes from.
// Passwords are not part of it.
import { charactersIn, hidingCharacters, isVisible } from '../../plain-text.ts';
import { isEmailAddress } from '../mail/address.ts';
import { type Account, AccountError, type Role, roles } from './account.ts';

/** Absent: unchanged. */
export type AccountPatch = {
  readonly displayName?: string | undefined;
  readonly email?: string | null | undefined;
  /** Whether the address counts as the owner's, as an administrator vouches for it. */
  readonly emailVerified?: boolean | undefined;
  /** BCP 47. */
  readonly locale?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
};

/** The result of `checkPatch`, normalised. */
export type CheckedPatch = Partial<Pick<Account, 'displayName' | 'email' | 'emailVerified' | 'locale' | 'roles'>>;

/** In characters, after NFC and without spaces around it. */
export const maxNameLength = 100;
/** RFC 5646 §4.4.1. */
export const maxLocaleLength = 35;
/** Control, line and bidirectional characters could hide or reorder text. */
export const namePattern = `^[^${hidingCharacters}\u2028\u2029]*$`;
const plain = new RegExp(namePattern, 'u');
/** Form of a language tag (RFC 5646 §2.1); Intl judges the rest. */
export const localePattern = '^([A-Za-z]{2,3}|[A-Za-z]{5,8})(-[A-Za-z0-9]{1,8})*$';

/** The value to store, or what is wrong with it. */
type Verdict<Value> = { readonly value: Value } | { readonly problem: string };

/** Checks and normalises a patch. @throws AccountError `account_invalid` with every problem by field */
export function checkPatch(patch: AccountPatch): CheckedPatch {
  const verdicts = Object.entries({
    displayName: patch.displayName === undefined ? undefined : judgeName(patch.displayName),
    email: patch.email === undefined ? undefined : judgeEmail(patch.email),
    emailVerified: patch.emailVerified === undefined ? undefined : judgeFlag(patch.emailVerified),
    locale: patch.locale === undefined ? undefined : judgeLocale(patch.locale),
    roles: patch.roles === undefined ? undefined : judgeRoles(patch.roles),
  });
  const problems = verdicts.flatMap(([path, verdict]) =>
    verdict && 'problem' in verdict ? [{ path, message: verdict.problem }] : [],
  );
  if (problems.length > 0) {
    const sentence = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new AccountError('account_invalid', sentence, { problems });
  }
  const good = verdicts.flatMap(([path, verdict]) => (verdict && 'value' in verdict ? [[path, verdict.value]] : []));
  return Object.fromEntries(good) as CheckedPatch;
}

/** People decide by this name, so no character in it may reorder or hide text. */
function judgeName(typed: unknown): Verdict<string> {
  if (typeof typed !== 'string') return { problem: 'must be text' };
  if (!plain.test(typed) || !typed.isWellFormed())
    return { problem: 'must not have control or bidirectional characters' };
  const value = typed.normalize('NFC').trim();
  if (!isVisible(value)) return { problem: 'must have a visible character' };
  return charactersIn(value) > maxNameLength ? { problem: `must have at most ${maxNameLength} characters` } : { value };
}

function judgeEmail(typed: unknown): Verdict<string | null> {
  if (typed === null) return { value: null };
  const value = typeof typed === 'string' ? typed.normalize('NFC').trim() : '';
  return isEmailAddress(value) ? { value } : { problem: 'must be an email address, or null' };
}

const judgeFlag = (typed: unknown): Verdict<boolean> =>
  typeof typed === 'boolean' ? { value: typed } : { problem: 'must be true or false' };

function judgeLocale(typed: unknown): Verdict<string | null> {
  if (typed === null) return { value: null };
  const problem = { problem: 'must be a language tag such as en or zh-CN (BCP 47), or null' };
  if (typeof typed !== 'string' || typed.length > maxLocaleLength) return problem;
  try {
    const [value] = Intl.getCanonicalLocales(typed);
    return value === undefined ? problem : { value };
  } catch {
    return problem;
  }
}

/** Returns each role once, in the order of `roles`. */
function judgeRoles(typed: unknown): Verdict<Role[]> {
  const isKnown = (role: unknown) => roles.some((known) => known === role);
  if (!Array.isArray(typed) || !typed.every(isKnown)) return { problem: `must be a list of ${roles.join(', ')}` };
  return { value: roles.filter((role) => typed.includes(role)) };
}
