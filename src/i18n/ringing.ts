// Sends push messages to the phones of an account: for a sign-in request and for a notice. A message is in
// the language of the account. It contains names and a link, and no secret. core/push delivers it.
import type { WaitingAsk } from '../core/ask/asks.ts';
import type { Notice } from '../core/notice/notice.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { Pushes } from '../core/push/pushes.ts';
import type { Log } from '../log.ts';
import { plainText } from '../plain-text.ts';
import { chooseLocale, messagesOf } from './locale.ts';
import { noticeSentence } from './notices.ts';
import { fill } from './text.ts';

/** `findAccount` resolves with null for a deleted account; the message is in English then. */
export type RingDeps = {
  readonly issuer: string;
  readonly pushes: Pushes;
  readonly findAccount: (id: string) => Promise<{ readonly locale: string | null } | null>;
  readonly log: Log;
};

/** Creates the function that notifies the phones of an account about a sign-in request. */
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

  /**
   * Returns immediately and logs errors. Otherwise the response time would tell the waiting browser whether a
   * phone was notified.
   */
  return (waiting: WaitingAsk): void => {
    ring(waiting).catch((error: unknown) => log.warn({ err: error }, 'the phones of an account could not be rung'));
  };
}

/** Sends every notice to the devices of the account, except to the device that caused it. */
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
