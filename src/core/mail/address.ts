// What an email address looks like, for every part that stores one or sends to one (RFC 5321 §4.1.2, RFC 5322
// §3.2.3, RFC 6531 §3.3). Pure.

/** Maximum length (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const maxLength = 254;
/**
 * ASCII atoms and dots; in other scripts only visible characters that do not reorder text. No quoted local
 * parts.
 */
const localPart = String.raw`(?:[\w.!#$%&'*+/=?^\x60{|}~-]|[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])+`;
const domain = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?`;
const address = new RegExp(`^${localPart}@${domain}$`, 'u');

/**
 * Whether the text is exactly one plain address, so that nothing in it can be read as a second address or
 * another header. Only a message to it proves that somebody owns it.
 */
export const isEmailAddress = (text: string): boolean =>
  text.length <= maxLength && address.test(text) && !text.includes('..');
