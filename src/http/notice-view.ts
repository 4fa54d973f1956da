// A notice as the phone's home shows it, in words.
import type { ShownNotice } from '../notice/notices.ts';
import { type Locale, messagesOf } from './locale.ts';
import { devicesPath, networkOf } from './notice-mails.ts';
import { fill, timeAgo } from './page-text.ts';
import { plainText } from './user-agent.ts';

/** Of many, the newest: the rest come up as these are put away. */
const shownAtMost = 3;

export function noticesInWords(shown: readonly ShownNotice[], { locale, now }: { locale: Locale; now: number }) {
  const { notice: words, home } = messagesOf[locale];
  return shown.slice(0, shownAtMost).map(({ notice: { id, about, createdAt }, link }) => {
    const when = timeAgo(locale, createdAt, now);
    const shared = { id, at: createdAt, when, where: null, href: devicesPath, link: words.seeDevices };
    if (about.kind === 'check_devices') return { ...shared, says: words.checkDevices };
    if (about.kind === 'credential_changed') return { ...shared, says: words.credentialChanged[about.change] };
    const client = plainText(about.clientName, 60) || about.clientId;
    const browser = fill(home.browserOn, { name: about.browserName, system: about.browserSystem });
    return {
      ...shared,
      says: fill(words.browserApproved, { client }),
      where: `${browser} · ${networkOf(about)}`,
      ...(link !== null && { href: new URL(link).pathname, link: words.notMe }),
    };
  });
}
