// How a phone is told that it is asked for: in the account's own language, with the site's name and a link, and nothing that is of use to
// anybody else.
import type { WaitingAsk } from '../ask/asks.ts';
import { chooseLocale, messagesOf } from '../http/locale.ts';
import { fill } from '../http/page-text.ts';
import { plainText } from '../http/user-agent.ts';
import type { Log } from '../log.ts';
import type { Pushes } from '../push/pushes.ts';

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
