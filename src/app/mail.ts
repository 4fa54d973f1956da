// Wires the mail queue to the mail server that the configuration names.

import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { MailStore } from '../core/mail/mail-store.ts';
import { createMails } from '../core/mail/mails.ts';
import type { Vault } from '../crypto.ts';
import type { Log } from '../log.ts';
import { createSmtpTransport } from '../outbound/smtp.ts';

/** `secrets` holds the password of the mail server, `config` everything else. */
export type MailDeps = {
  readonly store: MailStore;
  readonly vault: Vault;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly secrets: Secrets;
};

/** Without a mail server the transport is null: `mails.isOn` is false and nothing can be queued. */
export function openMails({ config, secrets, log, ...deps }: MailDeps) {
  const { smtp_url: url, from } = config.mail;
  return createMails({
    ...deps,
    transport: url && from ? createSmtpTransport({ url, from, password: secrets.mailPassword }) : null,
    onError: (error) => log.error({ err: error }, 'the mail queue failed'),
  });
}
