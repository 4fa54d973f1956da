// Use-cases of mail: store each message, and send it in the background until the mail server accepts it or a
// day has passed. Any node may send. outbound/smtp.ts implements the transport.

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
  /** Null when no mail server is configured. */
  readonly transport: Transport | null;
  /** Called with errors of the store, for the log. */
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
};

/** A message that was not delivered yet, as administrators see it: without its recipient and its text. */
export type UndeliveredMail = Pick<
  QueuedMail,
  'id' | 'domain' | 'createdAt' | 'attempts' | 'nextAttemptAt' | 'lastError' | 'state'
>;

export type Mails = ReturnType<typeof createMails>;

/** Attempts that one node makes at the same time. */
const maxConcurrent = 4;
/** Time limit of one attempt. */
const sendSeconds = 40;
/** Longer than any attempt, so an expired lease means that its node is gone. */
const leaseSeconds = 90;

export function createMails(deps: MailsDeps) {
  const { store, vault, audit, clock, transport, random = Math.random } = deps;
  const worker = createQueueWorker<QueuedMail>({
    maxConcurrent,
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

    /**
     * @throws MailError `mail_off` without a mail server, `mail_invalid` when `to` is not one address;
     *   StoreUnavailableError
     */
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

    /** Messages whose delivery failed at least once, newest first. Those given up are kept for 7 days. */
    async undelivered(limit = 50): Promise<UndeliveredMail[]> {
      const kept = await store.list(limit * 4);
      return kept.filter(isUndelivered).slice(0, limit);
    },

    /** Sends due messages in the background. */
    wake: worker.wake,

    /**
     * Starts sending. Without a mail server nothing is sent, and stored messages wait for a start with one.
     */
    start(): void {
      if (transport) worker.start();
    },

    /**
     * Begins no more attempts. Running attempts get a moment, are then aborted, and are repeated after the
     * next start. May be called twice.
     */
    stop: worker.stop,
  };
}
