// Which passwords may be chosen: their length, and that they are not among the first to be tried (security.md D2, D3; NIST SP 800-63B-4
// §3.1.1.2). No composition rules, no expiry. The blocklist is the dictionaries of zxcvbn: leaked passwords, words, names, in any disguise.
import type { MatchExtended, ZxcvbnFactory } from '@zxcvbn-ts/core';
import { AccountError, type AccountErrorCode } from './account.ts';

/** NIST SP 800-63B-4 §3.1.1.2 for a password that is the only factor. */
const minLength = 15;
export const maxPasswordLength = 256;
/** Judged by its beginning: what follows only adds to it, and the cost grows with more than the length (tens of milliseconds for so many). */
const judgedLength = 24;
/** Ways to write a letter otherwise that are tried; the cost is mostly theirs. */
const mostDisguises = 20;
/** Of 4: at least 10^8 guesses. Wrong ones are limited to a hundred, so what is left is a stolen database, where argon2id counts. */
const leastScore = 3;
const topPasswords = 1000;
const ownWords = ['tessera'];

/** The same password whatever keyboard composed it. */
export const normalisePassword = (password: string): string => password.normalize('NFC');

let judge: Promise<ZxcvbnFactory> | undefined;

/**
 * `names`: of the person and of this provider; nothing to build a password of.
 * @throws AccountError `password_too_short`, `password_too_long`, `password_too_common`, `password_has_names`, `password_pattern`
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
  if (score < leastScore || isJoined(sequence)) throw refusal(reasonFor(sequence));
}

/** At the first password that is chosen: 0.4 s and 70 MB that most processes never spend. */
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
    l33tMaxSubstitutions: mostDisguises,
  });
}

/** "Alice Liddell" is two words, `alice@example.com` three: whole and in parts. */
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

/** Nothing much is left without them. */
function isOnlyNames(text: string, names: readonly string[]): boolean {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((left, name) => left.replaceAll(name, ''), text);
  return rest !== text && rest.replace(/[^\p{L}]/gu, '').length < 4;
}

/** One or two of the first passwords anybody tries, and hardly a letter more. */
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
