// Which passwords may be chosen: their length, and that they are not easily guessed (security.md D2, D3; NIST
// SP 800-63B-4 §3.1.1.2). There are no composition rules and no expiry. The blocklist is zxcvbn's
// dictionaries of leaked passwords, words and names.
import type { MatchExtended, ZxcvbnFactory } from '@zxcvbn-ts/core';
import { AccountError, type AccountErrorCode } from './account.ts';

/** NIST SP 800-63B-4 §3.1.1.2, for a password that is the only factor. */
const minLength = 15;
const maxPasswordLength = 256;
/**
 * Only the first letters are judged: more letters can only make a password stronger, and the cost grows
 * faster than the length (tens of milliseconds at this one).
 */
const judgedLength = 24;
/** How many spellings with replaced letters (such as `3` for `e`) are tried; most of the cost. */
const maxSubstitutions = 20;
/**
 * zxcvbn score of 4: at least 10^8 guesses. Wrong passwords are limited to a hundred, so only a stolen
 * database allows more guesses, and argon2id protects that.
 */
const minScore = 3;
const topPasswords = 1000;
const ownWords = ['tessera'];

/** Normalises a password, so that every keyboard produces the same one. */
export const normalisePassword = (password: string): string => password.normalize('NFC');

let judge: Promise<ZxcvbnFactory> | undefined;

/**
 * Checks a new password.
 * @param names names of the person and of this provider; a password that contains one is rejected
 * @throws AccountError `password_too_short`, `password_too_long`, `password_too_common`,
 *   `password_has_names`, `password_pattern`
 */
export async function checkNewPassword(password: string, names: readonly string[]): Promise<void> {
  const letters = [...normalisePassword(password)];
  if (letters.length < minLength) throw new AccountError('password_too_short', `Use at least ${minLength} characters.`);
  if (letters.length > maxPasswordLength) {
    throw new AccountError('password_too_long', `Use at most ${maxPasswordLength} characters.`);
  }
  const parts = [...ownWords, ...names.flatMap(partsOf)];
  if (isOnlyNames(letters.join('').toLowerCase(), parts)) throw refusal('password_has_names');
  judge ??= loadJudge();
  const begin = letters.slice(0, judgedLength).join('');
  const { score, sequence } = (await judge).check(begin, parts);
  if (score < minScore || isJoined(sequence)) throw refusal(reasonFor(sequence));
}

/** Loaded with the first chosen password, because it takes 0.4 s and 70 MB. */
async function loadJudge(): Promise<ZxcvbnFactory> {
  const [core, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new core.ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    maxLength: judgedLength,
    l33tMaxSubstitutions: maxSubstitutions,
  });
}

/** Returns a name in lower case, whole and in parts: `alice@example.com` has three. */
const partsOf = (name: string): string[] => {
  const whole = name.toLowerCase();
  return [whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length > 2);
};

type Reason = Extract<AccountErrorCode, 'password_too_common' | 'password_has_names' | 'password_pattern'>;

const sentences: Readonly<Record<Reason, string>> = {
  password_too_common: 'This password is among the first that anybody would try.',
  password_has_names: 'This password is little more than a name: yours, or this provider’s.',
  password_pattern: 'This password repeats itself or follows a row of keys, letters, digits or days.',
};

const refusal = (reason: Reason) => new AccountError(reason, sentences[reason]);

/** True when fewer than four letters remain without the names. */
function isOnlyNames(text: string, names: readonly string[]): boolean {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((left, name) => left.replaceAll(name, ''), text);
  return rest !== text && rest.replace(/[^\p{L}]/gu, '').length < 4;
}

/** True when it consists of one or two of the most common passwords and fewer than four other letters. */
function isJoined(sequence: readonly MatchExtended[]): boolean {
  const isTop = (match: MatchExtended) =>
    'rank' in match && match.rank <= topPasswords && String(match.dictionaryName).startsWith('passwords');
  const top = new Set(sequence.filter(isTop).map(({ token }) => token.toLowerCase()));
  const rest = sequence.filter((match) => !isTop(match)).map(({ token }) => token);
  return top.size > 0 && top.size <= 2 && rest.join('').replace(/[^\p{L}]/gu, '').length < 4;
}

function reasonFor(sequence: readonly MatchExtended[]): Reason {
  const isAny = (...patterns: string[]) => sequence.some(({ pattern }) => patterns.includes(pattern));
  if (sequence.some((match) => 'dictionaryName' in match && match.dictionaryName === 'userInputs'))
    return 'password_has_names';
  return isAny('repeat') || (isAny('spatial', 'sequence', 'date') && !isAny('dictionary'))
    ? 'password_pattern'
    : 'password_too_common';
}
