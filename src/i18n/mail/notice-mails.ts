// Creates the mail of a notice: its texts, facts and link. mail-sheet.ts renders it.
import type { Account } from '../../core/account/account.ts';
import type { Mail } from '../../core/mail/mail.ts';
import type { BrowserApproved, MailedNotice } from '../../core/notice/notice.ts';
import { plainText } from '../../plain-text.ts';
import { agentInWords } from '../agents.ts';
import { type Locale, messagesOf } from '../locale.ts';
import type { Messages } from '../messages.ts';
import { fill } from '../text.ts';
import { createMailSheets, type MailSheet } from './mail-sheet.ts';

/** The page that lists the devices of the signed-in account. */
export const devicesPath = '/account/devices';

/** Creates the function that builds the mail of a notice. It sends nothing. */
export function createNoticeMails({ issuer }: { issuer: string }) {
  const { host } = new URL(issuer);
  const sheets = createMailSheets({ issuer });

  /**
   * Builds a mail in the language of the account, which must have a mail address.
   *
   * @param link address of "This was not me", or null when the notice has none
   */
  return (notice: MailedNotice, account: Account, link: string | null): Mail => {
    const { username, email } = account;
    const locale = sheets.localeOf(account);
    const { mail } = messagesOf[locale];
    const greeting = fill(mail.greeting, { name: plainText(account.displayName, 60) || username });
    const sheet = sheetOf(notice, mail, { locale, link, host, devices: `${issuer}${devicesPath}` });
    return sheets.mailOf({ email: email ?? '', username, locale }, { ...sheet, before: [greeting, ...sheet.before] });
  };
}

/** What both sheets need. `devices` is the absolute address of the list of devices. */
type Where = {
  readonly locale: Locale;
  readonly link: string | null;
  readonly host: string;
  readonly devices: string;
};

function sheetOf({ about, createdAt }: MailedNotice, mail: Messages['mail'], where: Where): MailSheet {
  if (about.kind === 'browser_approved') return approvedSheet(about, createdAt, mail, where);
  const action = { label: mail.changed.action, href: where.devices };
  const facts = [[mail.facts.time, timeInWords(where.locale, createdAt)]] as const;
  const words = mail.credentialChanged[about.change];
  const after = [mail.changed.fine, fill(mail.changed.notYou, { host: where.host })];
  return { ...words, before: [words.lead], facts, after, action };
}

/** The facts of an approval. Names come from clients and browsers, so their length is limited. */
function approvedSheet(about: BrowserApproved, at: number, mail: Messages['mail'], where: Where): MailSheet {
  const words = { ...mail.browserApproved, ...(about.isScreen && mail.screenApproved) };
  const client = plainText(about.clientName, 60) || about.clientId;
  const named = (text: string) => plainText(text, 60);
  const agent = { name: named(about.browserName), system: named(about.browserSystem) };
  const browser = agentInWords(mail.browserOn, agent, mail.screenApproved.unknown);
  return {
    subject: fill(words.subject, { client }),
    title: words.title,
    before: [fill(words.lead, { client })],
    facts: [
      [mail.facts.site, client],
      [about.isScreen ? mail.screenApproved.fact : mail.facts.browser, browser],
      [mail.facts.network, networkOf(about)],
      [mail.facts.phone, named(about.deviceName)],
      [mail.facts.time, timeInWords(where.locale, at)],
    ],
    after: [words.fine],
    ...(where.link !== null && { action: { label: words.action, href: where.link }, below: [words.after] }),
  };
}

/** Returns the place with the IP address, or the address alone when the place is unknown. */
export const networkOf = ({ place, browserAddress }: BrowserApproved): string =>
  place === null ? browserAddress : `${plainText(place, 80)} (${browserAddress})`;

/** Formats epoch seconds in UTC and says so, because the time zone of the reader is unknown. */
const timeInWords = (locale: Locale, at: number): string =>
  `${new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at * 1000)} UTC`;
