// The console's pages of users: accounts, one account, invitations, and a link for a new password. Each has
// its view's type, its template and its words here.
import { type Role, roles } from '../../../core/account/account.ts';
import { invitationLimits } from '../../../core/link/link.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import type { Draw } from '../../kit/page-views.ts';
import type { ShownRecord } from '../activity/record-words.ts';
import { type ConsoleShared, consolePage, type WithProblems } from '../console-page.ts';

/** An account in a list, and at the head of its page. Instants are in words. */
export type AccountRow = {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly isOn: boolean;
  readonly disabledWhen: string | null;
  readonly roles: readonly Role[];
  /** What a form has to send back (ETag of the administration API). */
  readonly revision: number;
  readonly createdWhen: string;
};

/** The list of accounts. `search` is the text that was searched for. */
export type AccountsView = ConsoleShared & {
  readonly search: string;
  readonly accounts: readonly AccountRow[];
  /** The path of the next page; null on the last. */
  readonly next: string | null;
};

/** The profile as typed. Empty stands for no value. */
export type AccountForm = { readonly displayName: string; readonly email: string; readonly locale: string };

/** What an account has going, each list bounded. */
export type Going = {
  readonly devices: readonly {
    readonly id: string;
    readonly name: string;
    readonly network: string;
    readonly signedIn: string;
    readonly lastUsed: string;
  }[];
  readonly approvals: readonly {
    readonly id: string;
    readonly site: string;
    readonly browser: string;
    readonly isScreen: boolean;
    /** How it was signed in, in words. */
    readonly method: string;
    readonly network: string;
    readonly isTrusted: boolean;
    readonly when: string;
  }[];
  readonly grants: readonly {
    readonly id: string;
    readonly site: string;
    readonly scopes: readonly string[];
    readonly when: string;
    readonly lastUsed: string | null;
  }[];
  /** The newest audit records, as sentences. */
  readonly activity: readonly {
    readonly says: ShownRecord['says'];
    readonly values: ShownRecord['values'];
    readonly when: string;
  }[];
};

/** The page of one account. */
export type AccountView = WithProblems &
  Going & {
    readonly account: AccountRow;
    readonly form: AccountForm;
    /** The refused fields, by their names in Account. */
    readonly wrongFields: readonly string[];
    /** The roles that are ticked: the account's own, or those that were refused. */
    readonly chosenRoles: readonly string[];
    /** Whether it is the visitor's own account. */
    readonly isSelf: boolean;
  };

/** The form as typed, so that a refused one can be shown again. */
export type InvitationForm = {
  readonly name: string;
  readonly uses: string;
  readonly days: string;
  readonly roles: readonly string[];
};

/** An invitation in the list. Instants are in words. */
export type InvitationRow = {
  readonly id: string;
  readonly name: string;
  readonly isEnded: boolean;
  readonly left: number;
  readonly uses: number;
  /** A list in words; empty without roles. */
  readonly roles: string;
  readonly by: string;
  readonly made: string;
  readonly expires: string;
};

/** The page of invitations. */
export type InvitationsView = ConsoleShared & {
  readonly invitations: readonly InvitationRow[];
  readonly next: string | null;
  /** The one that was just made, with its address, which is shown this once. */
  readonly made: (InvitationRow & { readonly address: string }) | null;
  readonly form: InvitationForm;
  readonly problems: WithProblems['problems'];
  /** Whether the form is shown open. */
  readonly isOpen: boolean;
};

/** The page that shows a link for a new password. */
export type ResetLinkView = ConsoleShared & {
  readonly account: { readonly displayName: string; readonly path: string };
  /** The link, shown this once. */
  readonly address: string;
  readonly expires: string;
};

type Template = 'console/accounts' | 'console/account' | 'console/invitations' | 'console/reset-link';

export type UsersViews = ReturnType<typeof createUsersViews>;

/** One function per page: view data in, HTML out. */
export function createUsersViews({ draw }: { draw: Draw<Template> }) {
  return {
    accounts: (view: AccountsView): string =>
      draw(view, consolePage('console/accounts', messagesOf[view.locale].console.frame.areas.accounts)),

    account(view: AccountView): string {
      const roleChoices = roles.map((name) => ({ name, isChosen: view.chosenRoles.includes(name) }));
      return draw(view, consolePage('console/account', view.account.name, { roleChoices }));
    },

    invitations: (view: InvitationsView): string =>
      draw(
        view,
        consolePage('console/invitations', messagesOf[view.locale].console.frame.areas.invitations, {
          limits: invitationLimits,
          roleNames: roles,
          notice: null,
        }),
      ),

    resetLink: (view: ResetLinkView): string =>
      draw(view, consolePage('console/reset-link', messagesOf[view.locale].console.invitations.resetTitle)),
  };
}
