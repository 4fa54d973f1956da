// Use-cases that go by mail: make an account, set a new password, prove an address (security.md D4, D6, D10). Whoever asks is told nothing by
// it: what there is to say goes to the address alone. Links are those of src/link; words come from whoever knows languages.
import type { Account } from '../account/account.ts';
import { searchTerm } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import { AppError } from '../errors.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import type { Links } from '../link/links.ts';
import type { Mail, Mailer } from '../mail/mail.ts';
import type { Later } from './later.ts';

/** What a message is about, with what is filled in. */
export type Letter = {
  readonly kind: 'sign_up' | 'reset' | 'verify' | 'account_exists';
  readonly link: string;
  /** Empty where there is no account yet. */
  readonly username: string;
};

export type Emails = ReturnType<typeof createEmails>;

export type EmailsDeps = {
  readonly issuer: string;
  readonly mailer: Mailer;
  readonly links: Links;
  readonly accounts: Pick<Accounts, 'findByProvedEmail' | 'findByUsername'>;
  readonly limits: Limits;
  /** `locale`: BCP 47, or null where nobody said. */
  readonly compose: (to: { email: string; locale: string | null }, letter: Letter) => Mail;
  readonly later: Later;
};

/** Nobody's mailbox is filled by strangers, and nobody's link replaced all the time. */
const perMailbox: LimitRule = { name: 'mail to address', points: 5, windowSeconds: 3600 };
const resetsPerAccount: LimitRule = { name: 'resets by mail', points: 3, windowSeconds: 3600 };
/** One address may be that of several accounts, which an administrator made. */
const mostAccounts = 5;

export function createEmails({ issuer, mailer, links, accounts, limits, compose, later }: EmailsDeps) {
  const send = (to: string, locale: string | null, letter: Letter): Promise<void> =>
    mailer.enqueue(compose({ email: to, locale }, letter));

  async function resetOf({ id, username, email, locale }: Account): Promise<void> {
    if (email === null || !(await isWithin(limits, resetsPerAccount, id))) return;
    const { address } = await links.makeResetLink(id, { way: 'mail', name: null });
    await send(email, locale, { kind: 'reset', link: address, username });
  }

  /** Those that it names, as far as mail reaches them. What was typed is compared alone: mail goes where the account says. */
  async function accountsNamed(typed: string): Promise<Account[]> {
    const byName = await accounts.findByUsername(typed);
    const isReachable = byName?.emailVerified && byName.disabledAt === null;
    return isReachable ? [byName] : accounts.findByProvedEmail(typed);
  }

  return {
    /** Whether there is a mail server; without one nothing here is offered. */
    isOn: mailer.isOn,

    /** To an address without an account goes a link that makes one; to one that has one, its username. Returns at once. */
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

    /** A link to set a new password, to the proved address of the account with this username or email, if there is one. Returns at once. */
    askReset(typed: string): void {
      later.run(async () => {
        for (const account of (await accountsNamed(typed)).slice(0, mostAccounts)) await resetOf(account);
      });
    },

    /**
     * Asks the owner of `email` whether it is this account's, by a link; until it is answered, the account's address stays as it is. An address
     * that another account has proved gets a message that says so instead, and the caller learns of neither. Without a mail server nothing happens.
     * @throws StoreUnavailableError
     */
    async askVerification(account: Account, email: string | null = account.email): Promise<void> {
      if (!mailer.isOn || email === null || !(await isWithin(limits, perMailbox, searchTerm(email)))) return;
      const other = (await accounts.findByProvedEmail(email)).find(({ id }) => id !== account.id);
      const { locale, username } = account;
      if (other) {
        const letter = { kind: 'account_exists', username: other.username, link: `${issuer}/sign-in` } as const;
        return send(other.email ?? email, other.locale, letter);
      }
      const { address } = await links.makeEmailLink(account, email);
      await send(email, locale, { kind: 'verify', link: address, username });
    },
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
