// What one email address looks like, for everybody who keeps one or sends to one (RFC 5321 §4.1.2, RFC 5322 §3.2.3, RFC 6531 §3.3). Pure.

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const maxLength = 254;
/** Atoms and dots; of other scripts whatever shows and reorders nothing. No quoted local parts. */
const localPart = String.raw`(?:[\w.!#$%&'*+/=?^\x60{|}~-]|[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])+`;
const domain = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?`;
const address = new RegExp(`^${localPart}@${domain}$`, 'u');

/** Whether it is one plain address: nothing in it could be read as a second one or another header. Whose it is, only a message can tell. */
export const isEmailAddress = (text: string): boolean =>
  text.length <= maxLength && address.test(text) && !text.includes('..');
