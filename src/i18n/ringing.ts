// How a phone is told that it is asked for, or of a notice: in the account's own language, with the site's name and a link, and nothing that
// is of use to anybody else.
import type { WaitingAsk } from '../core/ask/asks.ts';
import type { Notice } from '../core/notice/notice.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { Pushes } from '../core/push/pushes.ts';
import type { Log } from '../log.ts';
import { plainText } from '../plain-text.ts';
import { chooseLocale, messagesOf } from './locale.ts';
import { noticeSentence } from './notices.ts';
import { fill } from './text.ts';

export type RingDeps = {
  readonly issuer: string;
  readonly pushes: Pushes;
  readonly findAccount: (id: string) => Promise<{ readonly locale: string | null } | null>;
  readonly log: Log;
};

export function createRing({ issuer, pushes, findAccount, log }: RingDeps) {
  async function ring({ ask, ticket, client }: WaitingAsk): Promise<void> {
    const account = await findAccount(ask.accountId);
    const { asks } = messagesOf[chooseLocale(account?.locale ?? '')];
    const name = plainText(client.metadata.client_name, 60) || client.id;
    await pushes.notify(ask.accountId, {
      title: fill(asks.title, { client: name }),
      body: fill(asks.question, { browser: ticket.browser.name, system: ticket.browser.system }),
      url: `${issuer}/q/ask/${ask.id}`,
    });
  }

  /** Returns at once: whoever asked must not learn by the time it takes whether a phone rang. */
  return (waiting: WaitingAsk): void => {
    ring(waiting).catch((error: unknown) => log.warn({ err: error }, 'the phones of an account could not be rung'));
  };
}

/** Every notice rings the account's devices as well, but for the one that did what it says. */
export function ringNotices(notices: Notices, { issuer, pushes, findAccount, log }: RingDeps): void {
  async function ring(accountId: string, { about, exceptDeviceId }: Notice): Promise<void> {
    const account = await findAccount(accountId);
    const locale = chooseLocale(account?.locale ?? '');
    const message = { title: messagesOf[locale].page.product, body: noticeSentence(about, locale), url: `${issuer}/q` };
    await pushes.notify(accountId, message, exceptDeviceId ?? undefined);
  }

  notices.onNotice((accountId, notice) => {
    ring(accountId, notice).catch((error: unknown) => log.warn({ err: error }, 'a notice did not ring'));
  });
}
