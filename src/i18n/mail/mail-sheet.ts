// Renders a mail as plain text and as HTML from the same texts (views/partials/mail.eta). All values are
// escaped. The callers, such as notice-mails.ts, decide about recipient and content.
import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import type { Account } from '../../core/account/account.ts';
import type { Mail } from '../../core/mail/mail.ts';
import { chooseLocale, type Locale, messagesOf } from '../locale.ts';
import { fill } from '../text.ts';

/** The content of a mail. All texts are formatted and in the language of the mail. */
export type MailSheet = {
  readonly subject: string;
  readonly title: string;
  readonly before: readonly string[];
  /** Labels and values that describe the event, such as its time and network. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly after?: readonly string[];
  /** The only button. Its address is one of this provider. */
  readonly action?: { readonly label: string; readonly href: string };
  /** Small print below the button. */
  readonly below?: readonly string[];
};

/** @throws EtaParseError when the template does not compile */
export function createMailSheets({ issuer }: { issuer: string }) {
  const eta = new Eta({ autoEscape: true, cache: true });
  eta.loadTemplate('@mail', readFileSync(new URL('../../../views/partials/mail.eta', import.meta.url), 'utf8'));
  const { host } = new URL(issuer);

  return {
    /** Returns the language of the account. */
    localeOf: ({ locale }: Pick<Account, 'locale'>): Locale => chooseLocale('', locale),

    /** Renders a mail. `to.locale` must be the language of the sheet, since it selects the footer. */
    mailOf(to: { email: string; username: string; locale: Locale }, sheet: MailSheet): Mail {
      const { mail } = messagesOf[to.locale];
      const { facts = [], after = [], below = [], action = null, ...rest } = sheet;
      const foot = fill(mail.foot, { host, username: to.username });
      const whole = { ...rest, facts, after, below, action, foot, locale: to.locale, fallback: mail.linkFallback };
      return { to: to.email, subject: sheet.subject, text: textOf(whole), html: eta.render('@mail', whole) };
    },
  };
}

type Whole = Required<Omit<MailSheet, 'action'>> & {
  readonly action: MailSheet['action'] | null;
  readonly foot: string;
};

function textOf({ title, before, facts, after, action, below, foot }: Whole): string {
  const paragraphs = [
    title,
    ...before,
    ...(facts.length > 0 ? [facts.map(([name, value]) => `${name}: ${value}`).join('\n')] : []),
    ...after,
    ...(action ? [`${action.label}:\n${action.href}`] : []),
    ...below,
    `-- \n${foot}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
