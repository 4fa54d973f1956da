// The queue of mail, with the server that the configuration names behind it.
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../crypto.ts';
import type { Log } from '../log.ts';
import type { MailStore } from '../mail/mail-store.ts';
import { createMails } from '../mail/mails.ts';
import { createSmtpTransport } from '../mail/smtp.ts';
import type { Secrets } from '../secrets.ts';

export type MailDeps = {
  readonly store: MailStore;
  readonly vault: Vault;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly secrets: Secrets;
};

export function openMails({ config, secrets, log, ...deps }: MailDeps) {
  const { smtp_url: url, from } = config.mail;
  return createMails({
    ...deps,
    transport: url && from ? createSmtpTransport({ url, from, password: secrets.mailPassword }) : null,
    onError: (error) => log.error({ err: error }, 'the queue of mail could not be worked on'),
  });
}
