// What an email address looks like, for every part that stores one or sends to one (RFC 5321 §4.1.2, RFC 5322
// §3.2.3, RFC 6531 §3.3). Pure.
import { charactersIn } from '../../plain-text.ts';

/** Maximum length, in characters (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const maxLength = 254;
/**
 * ASCII atoms and dots; in other scripts only visible characters that do not reorder text. No quoted local
 * parts.
 */
const localPart = String.raw`(?:[\w.!#$%&'*+/=?^\x60{|}~-]|[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])+`;
const domain = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?`;
const address = new RegExp(`^${localPart}@${domain}$`, 'u');

/** A character of an atom (RFC 5322 §3.2.3), or one of another script. */
const atom = String.raw`[^\x00-\x20\x22(),.:;<>@\[\\\]\x7f]`;
/** An ASCII letter or digit, or a character of another script. */
const letter = String.raw`[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]`;

/**
 * A regular expression that every accepted address matches, for readers of a schema. It is exact for ASCII.
 * It accepts every character of other scripts, because ECMA-262, RE2, Java and Python share no classes of
 * them.
 */
export const emailAddressPattern = String.raw`^((\.?${atom})+\.?|\.)@${letter}(-*(\.-+)*\.?${letter})*$`;
export const maxEmailAddressLength = maxLength;

/**
 * Whether the text is exactly one plain address, so that nothing in it can be read as a second address or
 * another header. Only a message to it proves that somebody owns it.
 */
export const isEmailAddress = (text: string): boolean =>
  charactersIn(text) <= maxLength && address.test(text) && !text.includes('..');
