// The messages of src/email in words: which language, which link. What they look like is mail-sheet.ts's business.
import type { Letter } from '../../core/email/emails.ts';
import type { Mail } from '../../core/mail/mail.ts';
import { messagesOf } from '../locale.ts';
import type { Text } from '../messages.ts';
import { fill } from '../text.ts';
import { createMailSheets } from './mail-sheet.ts';

export function createAccountMail({ issuer }: { issuer: string }) {
  const { host } = new URL(issuer);
  const sheets = createMailSheets({ issuer });

  /** `locale`: BCP 47, or null where nobody said. */
  return (to: { email: string; locale: string | null }, { kind, link, username }: Letter): Mail => {
    const locale = sheets.localeOf(to);
    const words = messagesOf[locale].accountMail[kind];
    const say = (text: Text<{ host: string; username: string }>): string => fill(text, { host, username });
    const subject = say(words.subject);
    // Who has no account yet is named by the address.
    const reader = { email: to.email, username: username || to.email, locale };
    const action = { label: words.button, href: link };
    return sheets.mailOf(reader, { subject, title: subject, before: [say(words.lead)], action, below: [words.note] });
  };
}
