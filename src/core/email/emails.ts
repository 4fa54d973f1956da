// Use-cases that go by mail: make an account, set a new password, prove an address (security.md D4, D6, D10). Whoever asks is told nothing by
// it: what there is to say goes to the address alone. Links are those of src/link; words come from whoever knows languages.

import { AppError } from '../../errors.ts';
import type { Account } from '../account/account.ts';
import { searchTerm } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
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
  readonly accounts: Pick<Accounts, 'findByProvedEmail' | 'findByUsername' | 'withdrawEmailWish'>;
  readonly limits: Limits;
  /** `locale`: BCP 47, or null where nobody said. */
  readonly compose: (to: { email: string; locale: string | null }, letter: Letter) => Mail;
  readonly later: Later;
  /** What was not sent although nobody was told. */
  readonly onError: (error: unknown) => void;
};

/** Nobody's mailbox is filled by strangers, and nobody's link replaced all the time. */
const perMailbox: LimitRule = { name: 'mail to address', points: 5, windowSeconds: 3600 };
const resetsPerAccount: LimitRule = { name: 'resets by mail', points: 3, windowSeconds: 3600 };
/** One address may be that of several accounts, which an administrator made. */
const mostAccounts = 5;

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
   * Those that it names, as far as mail reaches them: by username and by address, since one may read like another's. What was typed is
   * compared alone: mail goes where the account says.
   */
  async function accountsNamed(typed: string): Promise<Account[]> {
    const byName = await accounts.findByUsername(typed);
    const byEmail = (await accounts.findByProvedEmail(typed)).filter(({ id }) => id !== byName?.id);
    const isReachable = byName?.emailVerified && byName.disabledAt === null;
    return [...(isReachable ? [byName] : []), ...byEmail.slice(0, mostAccounts)];
  }

  /** From here on no address that was asked for before is confirmed. @returns the account as it is then; null when it is gone */
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
        for (const account of await accountsNamed(typed)) await resetOf(account);
      });
    },

    /**
     * Asks the owner of `email` whether it is this account's, by a link; until it is answered, the account's address stays as it is. It takes
     * the place of what was asked before, also where nothing is sent: without a mail server, too often, or for an address that another account
     * has proved, which gets a message that says so; the caller learns of neither.
     * @throws StoreUnavailableError
     */
    askVerification,

    /** As askVerification, of the address it has. What fails is logged: it stands in nobody's way. */
    offerVerification: (account: Account): Promise<void> => askVerification(account).catch(deps.onError),

    /** The account keeps the address it has: no other one that was asked for is confirmed any more. */
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
