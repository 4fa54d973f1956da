// Creates the mails of core/email: sign-up, password reset and verification of an address. mail-sheet.ts
// renders them.
import type { Letter } from '../../core/email/emails.ts';
import type { Mail } from '../../core/mail/mail.ts';
import { messagesOf } from '../locale.ts';
import type { Text } from '../messages.ts';
import { fill } from '../text.ts';
import { createMailSheets } from './mail-sheet.ts';

/** Creates the function that builds a mail. It sends nothing. */
export function createAccountMail({ issuer }: { issuer: string }) {
  const { host } = new URL(issuer);
  const sheets = createMailSheets({ issuer });

  /** `locale`: a BCP 47 tag, or null when it is unknown. */
  return (to: { email: string; locale: string | null }, { kind, link, username }: Letter): Mail => {
    const locale = sheets.localeOf(to);
    const words = messagesOf[locale].accountMail[kind];
    const say = (text: Text<{ host: string; username: string }>): string => fill(text, { host, username });
    const subject = say(words.subject);
    // A person who signs up has no user name yet, so the mail names the address.
    const reader = { email: to.email, username: username || to.email, locale };
    const action = { label: words.button, href: link };
    return sheets.mailOf(reader, { subject, title: subject, before: [say(words.lead)], action, below: [words.note] });
  };
}
