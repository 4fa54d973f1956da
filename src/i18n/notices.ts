// A notice as the phone's home shows it, in words.
import type { About } from '../core/notice/notice.ts';
import type { ShownNotice } from '../core/notice/notices.ts';
import { plainText } from '../plain-text.ts';
import { agentInWords } from './agents.ts';
import { type Locale, messagesOf } from './locale.ts';
import { devicesPath, networkOf } from './mail/notice-mails.ts';
import { fill, timeAgo } from './text.ts';

/** Of many, the newest: the rest come up as these are put away. */
const shownAtMost = 3;

/** What happened, in a sentence. */
export function noticeSentence(about: About, locale: Locale): string {
  const { notice: words } = messagesOf[locale];
  if (about.kind === 'check_devices') return words.checkDevices;
  if (about.kind === 'credential_changed') return words.credentialChanged[about.change];
  const said = about.isScreen ? words.deviceApproved : words.browserApproved;
  return fill(said, { client: plainText(about.clientName, 60) || about.clientId });
}

export function noticesInWords(shown: readonly ShownNotice[], { locale, now }: { locale: Locale; now: number }) {
  const { notice: words, home, device } = messagesOf[locale];
  return shown.slice(0, shownAtMost).map(({ notice: { id, about, createdAt }, link }) => {
    const when = timeAgo(locale, createdAt, now);
    const says = noticeSentence(about, locale);
    const shared = { id, at: createdAt, when, says, where: null, href: devicesPath, link: words.seeDevices };
    if (about.kind !== 'browser_approved') return shared;
    const agent = { name: about.browserName, system: about.browserSystem };
    const browser = agentInWords(home.browserOn, agent, device.unknown);
    return {
      ...shared,
      where: `${browser} · ${networkOf(about)}`,
      ...(link !== null && { href: new URL(link).pathname, link: words.notMe }),
    };
  });
}
