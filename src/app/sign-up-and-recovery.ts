// Wires how people get an account and regain one: sign-up and password resets by mail, recovery codes.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Accounts } from '../core/account/accounts.ts';
import { createRecoveryCodes } from '../core/account/recovery-codes.ts';
import { createEmails } from '../core/email/emails.ts';
import { createLater } from '../core/email/later.ts';
import type { Limits } from '../core/limit/limit.ts';
import type { Links } from '../core/link/links.ts';
import type { Mailer } from '../core/mail/mail.ts';
import type { Vault } from '../crypto.ts';
import { createAccountMail } from '../i18n/mail/account-mail.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

export type SignUpAndRecoveryDeps = {
  readonly config: Config;
  readonly store: Store;
  readonly vault: Vault;
  readonly limits: Limits;
  readonly accounts: Accounts;
  readonly links: Links;
  readonly mails: Mailer;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Makes the use-cases of mails about accounts and of recovery codes. Composing a mail happens in the
 * background.
 */
export function createSignUpAndRecovery(deps: SignUpAndRecoveryDeps) {
  const { store, vault, limits, accounts, links, mails, clock, log } = deps;
  const { issuer } = deps.config;
  const onError = (error: unknown) => log.error({ err: error }, 'a message could not be composed');
  const later = createLater({ onError });
  const compose = createAccountMail({ issuer });
  return {
    emails: createEmails({ issuer, mailer: mails, links, accounts, limits, compose, later, onError }),
    recoveryCodes: createRecoveryCodes({ store: store.recoveryCodes, accounts: store.accounts, vault, limits, clock }),
    /**
     * Resolves when every message that was requested is in the mail queue. Called before the store closes.
     */
    finish: later.finish,
  };
}
