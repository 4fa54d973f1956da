// Describes notices for the phone's home page, in the language of the page.
import type { About } from '../core/notice/notice.ts';
import type { ShownNotice } from '../core/notice/notices.ts';
import { plainText } from '../plain-text.ts';
import { agentInWords } from './agents.ts';
import { type Locale, messagesOf } from './locale.ts';
import { devicesPath, networkOf } from './mail/notice-mails.ts';
import { fill, timeAgo } from './text.ts';

/** The newest notices are shown. Others appear when these are dismissed. */
const maxShown = 3;

/** Returns one sentence about what happened. */
export function noticeSentence(about: About, locale: Locale): string {
  const { notice: words } = messagesOf[locale];
  if (about.kind === 'check_devices') return words.checkDevices;
  if (about.kind === 'credential_changed') return words.credentialChanged[about.change];
  const sentence = about.isScreen ? words.screenApproved : words.browserApproved;
  return fill(sentence, { client: plainText(about.clientName, 60) || about.clientId });
}

/**
 * Returns the view of the newest notices. `now` is in epoch seconds. `where` is null unless a browser was
 * approved.
 */
export function noticesInWords(shown: readonly ShownNotice[], { locale, now }: { locale: Locale; now: number }) {
  const { notice: words, home, screen } = messagesOf[locale];
  return shown.slice(0, maxShown).map(({ notice: { id, about, createdAt }, link }) => {
    const when = timeAgo(locale, createdAt, now);
    const says = noticeSentence(about, locale);
    const shared = { id, at: createdAt, when, says, where: null, href: devicesPath, link: words.seeDevices };
    if (about.kind !== 'browser_approved') return shared;
    const agent = { name: about.browserName, system: about.browserSystem };
    const browser = agentInWords(home.browserOn, agent, screen.unknown);
    return {
      ...shared,
      where: `${browser} · ${networkOf(about)}`,
      ...(link !== null && { href: new URL(link).pathname, link: words.notMe }),
    };
  });
}
