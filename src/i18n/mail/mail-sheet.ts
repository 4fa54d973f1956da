// One message as text and as markup, from the same words. Everything in it is escaped; who it goes to and what it says is the business of
// whoever writes it (notice-mails.ts and others).
import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import type { Account } from '../../core/account/account.ts';
import type { Mail } from '../../core/mail/mail.ts';
import { chooseLocale, type Locale, messagesOf } from '../locale.ts';
import { fill } from '../text.ts';

/** What one message says; every text in the language it is written in. */
export type MailSheet = {
  readonly subject: string;
  readonly title: string;
  readonly before: readonly string[];
  /** Names and values, by which one recognises what happened. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly after?: readonly string[];
  /** The one thing to do, an address of our own. */
  readonly action?: { readonly label: string; readonly href: string };
  /** Small, under the action. */
  readonly below?: readonly string[];
};

export type MailSheets = ReturnType<typeof createMailSheets>;

/** @throws when the template does not compile. */
export function createMailSheets({ issuer }: { issuer: string }) {
  const eta = new Eta({ autoEscape: true, cache: true });
  eta.loadTemplate('@mail', readFileSync(new URL('../../../views/partials/mail.eta', import.meta.url), 'utf8'));
  const { host } = new URL(issuer);

  return {
    /** The account's own language. */
    localeOf: ({ locale }: Pick<Account, 'locale'>): Locale => chooseLocale('', locale),

    /** @param to who reads it; @param locale in which the sheet is written */
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
