// Use-cases by mail: create an account, set a new password, verify an address (security.md D4, D6, D10). The
// caller learns nothing from the answer; all information goes to the address. Links are made by core/link;
// words come from i18n.

import { AppError } from '../../errors.ts';
import type { Account } from '../account/account.ts';
import { searchTerm } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import type { Links } from '../link/links.ts';
import type { Mail, Mailer } from '../mail/mail.ts';
import type { Later } from './later.ts';

/** What a message is about. `compose` writes it. */
export type Letter = {
  readonly kind: 'sign_up' | 'reset' | 'verify' | 'account_exists';
  readonly link: string;
  /** Empty when there is no account yet. */
  readonly username: string;
};

export type Emails = ReturnType<typeof createEmails>;

export type EmailsDeps = {
  readonly issuer: string;
  readonly mailer: Mailer;
  readonly links: Links;
  readonly accounts: Pick<Accounts, 'findByProvedEmail' | 'findByUsername' | 'withdrawEmailWish'>;
  readonly limits: Limits;
  /** Writes the mail. `locale` is BCP 47, or null when unknown. */
  readonly compose: (to: { email: string; locale: string | null }, letter: Letter) => Mail;
  readonly later: Later;
  /** Called with errors that no caller sees. */
  readonly onError: (error: unknown) => void;
};

/** Protects a mailbox from many messages, and a link from being replaced again and again. */
const perMailbox: LimitRule = { name: 'mail to address', points: 5, windowSeconds: 3600 };
const resetsPerAccount: LimitRule = { name: 'resets by mail', points: 3, windowSeconds: 3600 };
/** One address may belong to several accounts, when an administrator created them. */
const maxAccounts = 5;

export function createEmails(deps: EmailsDeps) {
  const { issuer, mailer, links, accounts, limits, compose, later } = deps;
  const send = (to: string, locale: string | null, letter: Letter): Promise<void> =>
    mailer.enqueue(compose({ email: to, locale }, letter));

  async function resetOf({ id, username, email, locale }: Account): Promise<void> {
    if (email === null || !(await isWithin(limits, resetsPerAccount, id))) return;
    const { address } = await links.makeResetLink(id, { way: 'mail', name: null }, email);
    await send(email, locale, { kind: 'reset', link: address, username });
  }

  /**
   * Finds the accounts that a typed text names, by username and by address, because a username may look like
   * an address. The text is only compared; mail goes to the account's own address.
   */
  async function accountsNamed(typed: string): Promise<Account[]> {
    const byName = await accounts.findByUsername(typed);
    const byEmail = (await accounts.findByProvedEmail(typed)).filter(({ id }) => id !== byName?.id);
    const isReachable = byName?.emailVerified && byName.disabledAt === null;
    return [...(isReachable ? [byName] : []), ...byEmail.slice(0, maxAccounts)];
  }

  /**
   * Makes earlier verification links of the account invalid.
   * @returns the account afterwards, or null when it is gone
   */
  async function withdraw(accountId: string): Promise<Account | null> {
    const account = await accounts.withdrawEmailWish(accountId);
    await links.dropEmailLink(accountId);
    return account;
  }

  async function askVerification({ id, email: own }: Account, email: string | null = own): Promise<void> {
    const account = await withdraw(id);
    if (!mailer.isOn || account?.disabledAt !== null || email === null) return;
    if (!(await isWithin(limits, perMailbox, searchTerm(email)))) return;
    const other = (await accounts.findByProvedEmail(email)).find((each) => each.id !== id);
    const { locale, username } = account;
    if (other) {
      const letter = { kind: 'account_exists', username: other.username, link: `${issuer}/sign-in` } as const;
      return send(other.email ?? email, other.locale, letter);
    }
    const { address } = await links.makeEmailLink(account, email);
    await send(email, locale, { kind: 'verify', link: address, username });
  }

  return {
    /** Whether a mail server is configured. Without one, pages must not offer these use-cases. */
    isOn: mailer.isOn,

    /**
     * Sends a sign-up link to an address without an account, or the username to one that has an account.
     * Returns at once.
     */
    askSignUp(email: string, locale: string): void {
      later.run(async () => {
        if (!(await isWithin(limits, perMailbox, searchTerm(email)))) return;
        const [owner] = await accounts.findByProvedEmail(email);
        if (owner?.email) {
          const { username, email: to } = owner;
          return send(to, owner.locale ?? locale, { kind: 'account_exists', username, link: `${issuer}/sign-in` });
        }
        const { address } = await links.makeSignUpLink(email);
        await send(email, locale, { kind: 'sign_up', link: address, username: '' });
      });
    },

    /**
     * Sends a reset link to the verified address of each account that `typed` names, if there is one. Returns
     * at once.
     */
    askReset(typed: string): void {
      later.run(async () => {
        for (const account of await accountsNamed(typed)) await resetOf(account);
      });
    },

    /**
     * Sends a link that confirms `email` as the account's address. The present address stays until the link
     * is used. Earlier links become invalid even when nothing is sent: without a mail server, over the limit,
     * or when another account has verified the address. That account gets a message instead. The caller
     * learns none of this.
     * @throws StoreUnavailableError
     */
    askVerification,

    /** As askVerification, for the present address. Errors are logged, not thrown. */
    offerVerification: (account: Account): Promise<void> => askVerification(account).catch(deps.onError),

    /** Makes links for other addresses invalid; the account keeps its present address. */
    withdrawVerification: async (accountId: string): Promise<void> => void (await withdraw(accountId)),
  };
}

async function isWithin(limits: Limits, rule: LimitRule, key: string): Promise<boolean> {
  try {
    await limits.use(rule, key);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'rate_limited') return false;
    throw error;
  }
}
