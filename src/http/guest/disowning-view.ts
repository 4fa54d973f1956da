// What the page behind "This was not me" reads, in words.
import type { Messages } from '../../i18n/en/en.ts';
import { devicesPath, networkOf } from '../../i18n/mail/notice-mails.ts';
import { agentInWords, fill, timeAgo } from '../../i18n/text.ts';
import type { DisowningView } from '../kit/page-views.ts';
import { plainText } from '../kit/user-agent.ts';

export function disowningBody(view: DisowningView, all: Messages) {
  const { state, about, locale, now, approvedAt, disownedAt } = view;
  const t = all.notice.page;
  const client = plainText(about.clientName, 60) || about.clientId;
  const ago = (at: number) => timeAgo(locale, at, now);
  const told = {
    asks: { title: t.title, lead: t.lead },
    done: { title: t.doneTitle, lead: t.doneText },
    already: { title: t.alreadyTitle, lead: fill(t.alreadyText, { when: ago(disownedAt ?? now) }) },
  }[state];
  return {
    ...told,
    devicesPath,
    facts: [
      [t.facts.site, client],
      [
        about.isScreen ? all.device.device : t.facts.browser,
        agentInWords(all.home.browserOn, { name: about.browserName, system: about.browserSystem }, all.device.unknown),
      ],
      [t.facts.network, networkOf(about)],
      [t.facts.phone, about.deviceName],
      [t.facts.time, ago(approvedAt)],
    ],
    lines: [fill(t.ends, { client }), about.isScreen ? t.blocksDevice : t.blocks, t.asks],
    phoneHint: fill(t.unknownPhoneHint, { name: about.deviceName }),
  };
}
