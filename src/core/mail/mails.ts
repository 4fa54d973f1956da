// Use-cases of mail: keep what has to be sent, then send it in the background until the server takes it or a day has passed. Any node may
// do the sending; how it travels is the transport's business (outbound/smtp.ts), what it says that of whoever hands it in.

import type { Clock } from '../../clock.ts';
import { randomSecret, type Vault } from '../../crypto.ts';
import { createQueueWorker } from '../../queue-worker.ts';
import type { Audit } from '../audit/audit.ts';
import type { Mail, Mailer } from './mail.ts';
import type { MailStore } from './mail-store.ts';
import {
  checkedMail,
  isMailOverdue,
  isUndelivered,
  MailError,
  type MailId,
  type MailOutcome,
  newQueuedMail,
  type QueuedMail,
  settledMail,
} from './queued-mail.ts';
import type { Transport } from './transport.ts';

export type MailsDeps = {
  readonly store: MailStore;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly audit: Pick<Audit, 'mailGivenUp'>;
  readonly clock: Clock;
  /** Null where no mail server is configured. */
  readonly transport: Transport | null;
  /** What could not be read or written, for the log. */
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
};

/** A message that is not there yet, as an administrator may see it: neither whom it is for nor what it says. */
export type UndeliveredMail = Pick<
  QueuedMail,
  'id' | 'domain' | 'createdAt' | 'attempts' | 'nextAttemptAt' | 'lastError' | 'state'
>;

export type Mails = ReturnType<typeof createMails>;

const atOnce = 4;
const sendSeconds = 40;
/** Longer than any try: a lease that ends means that its node is gone. */
const leaseSeconds = 90;

export function createMails(deps: MailsDeps) {
  const { store, vault, audit, clock, transport, random = Math.random } = deps;
  const worker = createQueueWorker<QueuedMail>({
    atOnce,
    claim(room) {
      const now = clock();
      return store.claimDue(now, now + leaseSeconds, room);
    },
    work: send,
    onError: deps.onError,
  });
  const contextOf = (id: MailId): string => `mail.${id}`;

  async function send(mail: QueuedMail, stopping: AbortSignal): Promise<void> {
    const after = settledMail(mail, await attempt(mail, stopping), clock(), random());
    if (!(await store.settle(after)) || after.state !== 'given_up') return;
    await audit.mailGivenUp({ domain: after.domain, attempts: after.attempts, reason: after.lastError ?? '' });
  }

  async function attempt(mail: QueuedMail, stopping: AbortSignal): Promise<MailOutcome> {
    if (isMailOverdue(mail, clock())) return { kind: 'refused', error: mail.lastError ?? 'not tried in time' };
    if (!transport || mail.sealed === null) return { kind: 'failed', error: 'no mail server is configured' };
    const opened = JSON.parse(vault.open(mail.sealed, contextOf(mail.id))) as Mail;
    return transport(opened, mail.id, AbortSignal.any([stopping, AbortSignal.timeout(sendSeconds * 1000)]));
  }

  const mailer: Mailer = {
    isOn: transport !== null,

    /** @throws MailError `mail_off` without a mail server, `mail_invalid` for what is not one address; StoreUnavailableError */
    async enqueue(mail) {
      if (!transport) throw new MailError('mail_off', 'No mail server is configured.');
      const checked = checkedMail(mail);
      const id = randomSecret(128) as MailId;
      const sealed = vault.seal(JSON.stringify(checked), contextOf(id));
      await store.create(newQueuedMail(id, checked.to, sealed, clock()));
      worker.wake();
    },
  };

  return {
    ...mailer,

    /** What failed at least once and is not there yet, or never will be; newest first. Given-up ones are kept for 7 days. */
    async undelivered(limit = 50): Promise<UndeliveredMail[]> {
      const kept = await store.list(limit * 4);
      return kept.filter(isUndelivered).slice(0, limit);
    },

    /** Sends what is due in the background. */
    wake: worker.wake,

    /** Without a mail server nothing is sent; what is kept waits for a start with one. */
    start(): void {
      if (transport) worker.start();
    },

    /** Begins no more. Tries under way get a moment, then they are broken off and kept for the next start. Safe to call twice. */
    stop: worker.stop,
  };
}
