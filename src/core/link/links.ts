// Use-cases of issuing links: make, list, revoke. A link's secret is returned once, in its address; only its
// digest is stored.

import type { Clock } from '../../clock.ts';
import { spellCommand } from '../../command-name.ts';
import { digest, randomSecret } from '../../crypto.ts';
import type { Account } from '../account/account.ts';
import { searchTerm } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Audit } from '../audit/audit.ts';
import {
  administratorLinkId,
  administratorLinkSeconds,
  checkInvitation,
  emailLinkId,
  emailLinkSeconds,
  type InvitationWish,
  type Link,
  LinkError,
  type LinkId,
  type LinkMaker,
  linkNotFound,
  recoveryLinkSeconds,
  resetLinkId,
  resetLinkIds,
  resetLinkSeconds,
  signUpClosed,
  signUpLinkId,
} from './link.ts';
import type { LinkStore } from './link-store.ts';
import { createMakerCheck, createMakerName, makerFacts, withoutName } from './maker.ts';

export type Links = ReturnType<typeof createLinks>;

/** A link with its address, which is shown only this once. */
export type MadeLink = { readonly link: Link; readonly address: string };

export type LinksDeps = {
  readonly issuer: string;
  readonly store: LinkStore;
  readonly accounts: Pick<Accounts, 'find' | 'findByUsername' | 'hasRole'>;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Whether the configuration allows invitations. */
  readonly mayInvite: boolean;
  /**
   * Keyed digest of an email address, by which its sign-up link is found. Null for callers that send no mail.
   */
  readonly maskEmail: ((email: string) => string) | null;
};

type Draft = Pick<Link, 'id' | 'purpose' | 'by'> & Partial<Link> & { readonly seconds: number };

export function createLinks(deps: LinksDeps) {
  const { issuer, store, accounts, audit, clock, mayInvite, maskEmail } = deps;

  /** @throws TypeError when `maskEmail` is null */
  function signUpIdOf(email: string): LinkId {
    if (maskEmail === null) throw new TypeError('Sign-up links need a keyed digest of the address (maskEmail).');
    return signUpLinkId(maskEmail(searchTerm(email)));
  }

  async function make({ seconds, ...draft }: Draft): Promise<MadeLink> {
    const secret = randomSecret(256);
    const now = clock();
    const link: Link = {
      name: '',
      uses: 1,
      used: 0,
      roles: [],
      accountId: null,
      isRecovery: false,
      ...draft,
      by: withoutName(draft.by),
      secretHash: digest(secret),
      createdAt: now,
      expiresAt: now + seconds,
    };
    await store.put(link);
    await audit.linkChanged('link.created', ...recordOf(link, link.by));
    return { link, address: `${issuer}/link/${secret}` };
  }

  return {
    /**
     * Makes a link whose holder becomes an administrator, within 30 minutes. It replaces the previous one.
     * Without `isRecovery` it works only for the first administrator.
     * @throws LinkError `administrator_exists`
     */
    async makeAdministratorLink(by: LinkMaker, { isRecovery = false } = {}): Promise<MadeLink> {
      if (!isRecovery && (await accounts.hasRole('administrator'))) throw administratorExists();
      return make({
        id: administratorLinkId,
        purpose: 'administrator',
        roles: ['administrator'],
        isRecovery,
        by,
        seconds: administratorLinkSeconds,
      });
    },

    /**
     * Makes a link by which `uses` people may create an account within `days`.
     * @throws LinkError `link_invalid` with `problems`, `sign_up_closed`
     */
    async invite(wish: InvitationWish, by: LinkMaker): Promise<MadeLink> {
      if (!mayInvite) throw signUpClosed();
      const { days, ...invitation } = checkInvitation(wish);
      const id = randomSecret(128) as LinkId;
      return make({ id, purpose: 'invitation', ...invitation, by, seconds: days * 86_400 });
    },

    /**
     * Makes a link by which the owner of an account sets a new password, once, within an hour (security.md
     * D6). It replaces the previous one of the same way. It becomes invalid when the account is signed out
     * everywhere or its password is set otherwise; a link sent by mail to `email` also when the account's
     * address changes.
     * @throws LinkError `link_not_found` for an unknown account, `account_disabled`
     */
    async makeResetLink(accountId: string, by: LinkMaker, email?: string): Promise<MadeLink> {
      const account = await accounts.find(accountId);
      if (!account) throw linkNotFound();
      if (account.disabledAt !== null) throw accountDisabled();
      const { id, username, signOuts = 0 } = account;
      return make({
        id: resetLinkId(by.way, id),
        purpose: 'reset',
        name: username,
        accountId: id,
        signOuts,
        ...(email !== undefined && { email }),
        by,
        seconds: by.way === 'recovery_code' ? recoveryLinkSeconds : resetLinkSeconds,
      });
    },

    /**
     * Makes a link by which the owner of an address creates an account with it, within a day. It replaces the
     * previous one for the same address.
     */
    makeSignUpLink: (email: string): Promise<MadeLink> =>
      make({
        id: signUpIdOf(email),
        purpose: 'sign_up',
        email,
        by: byMail,
        seconds: emailLinkSeconds,
      }),

    /**
     * Makes a link that proves within a day that the address belongs to the account's owner. It replaces the
     * previous one and becomes invalid with the next request for an address.
     */
    makeEmailLink: ({ id, username, signOuts = 0, emailWishes = 0 }: Account, email: string): Promise<MadeLink> =>
      make({
        id: emailLinkId(id),
        purpose: 'email',
        name: username,
        accountId: id,
        email,
        signOuts,
        emailWishes,
        by: byMail,
        seconds: emailLinkSeconds,
      }),

    /** Deletes the account's verification link, so that the address in it is not stored without use. */
    dropEmailLink: (accountId: string): Promise<boolean> => store.delete(emailLinkId(accountId)),

    /** Deletes all links of an account that is being deleted. May be repeated. */
    async forget(accountId: string): Promise<void> {
      const account = await accounts.find(accountId);
      const ofAddress = account?.email ? [signUpIdOf(account.email)] : [];
      const ids = [emailLinkId(accountId), ...resetLinkIds(accountId), ...ofAddress];
      await Promise.all(ids.map((id) => store.delete(id)));
    },

    /** A page of invitations that have not expired, newest first. */
    invitations: (page: { after?: string | undefined; limit: number }) =>
      store.page({ purpose: 'invitation', ...page }),

    /** Whether a link is invalid because its maker may not give its roles any more. */
    isEnded: createMakerCheck(accounts),

    /** The username or client id of a link's maker. Null when there is none, or the account is gone. */
    makerName: createMakerName(accounts),

    /** Revokes an invitation. @throws LinkError `link_not_found` */
    async revokeInvitation(id: string, by: LinkMaker): Promise<void> {
      const link = await store.find(id as LinkId);
      if (link?.purpose !== 'invitation' || !(await store.delete(link.id))) throw linkNotFound();
      await audit.linkChanged('link.revoked', ...recordOf(link, by));
    },
  };
}

const byMail: LinkMaker = { way: 'mail', name: null };

/** The facts of an audit record about a link, without its secret. */
const recordOf = ({ id, purpose, accountId, uses, roles, isRecovery }: Link, by: LinkMaker) =>
  [
    { accountId },
    {
      link: id,
      purpose,
      uses,
      way: by.way,
      ...makerFacts(by),
      ...(roles.length > 0 && { roles: roles.join(' ') }),
      ...(isRecovery && { recovery: true }),
    },
  ] as const;

const accountDisabled = () =>
  new LinkError(
    'account_disabled',
    'This account is disabled. Enable it first: until then a new password is worth nothing.',
  );

const administratorExists = () =>
  new LinkError(
    'administrator_exists',
    `There is an administrator already, who can invite others: in the console, or with “${spellCommand('account invite --role administrator')}”.`,
  );
