// The pages of signing out (OIDC RP-Initiated Logout §2): the question, and what follows it.
import { messagesOf } from '../../i18n/locale.ts';
import type { SignOutProblem } from '../../oidc/sign-out.ts';
import type { Draw, ErrorView, Shared } from '../kit/page-views.ts';
import type { Pages } from '../kit/pages.ts';

/** A hidden field of a form. */
export type SignOutField = { readonly name: string; readonly value: string };

export type SignOutView = Shared & {
  /** The app that asks to sign the person out; null where none is known. */
  readonly clientName: string | null;
  readonly fields: readonly SignOutField[];
  /** Which part of the request is not used; null when all of it is. */
  readonly problem: SignOutProblem | null;
  readonly reference: string | null;
  readonly details: NonNullable<ErrorView['details']>;
};

/** `problem` comes with the address. One that is no `SignOutProblem` is not shown. */
export type LoggedOutView = Shared & { readonly problem: string | null };

export type SignOutAgainView = Shared & { readonly fields: readonly SignOutField[] };

type Template = 'oidc/logout' | 'oidc/logout-again';

/** One function per page: view data in, HTML out. */
export function createOidcViews({ draw, message }: { draw: Draw<Template>; message: Pages['message'] }) {
  const wordsOf = ({ locale }: Shared) => messagesOf[locale].leave;
  return {
    /** Asks whether to sign out. */
    signOut: (view: SignOutView): string =>
      draw(view, {
        template: 'oidc/logout',
        title: wordsOf(view).logoutTitle,
        body: { note: view.problem && wordsOf(view).logoutNotes[view.problem] },
      }),

    /** Sends a form of another site once more, from our own page, by script or by a button. */
    signOutAgain: (view: SignOutAgainView): string =>
      draw(view, {
        template: 'oidc/logout-again',
        title: wordsOf(view).onwardTitle,
        script: 'send-again.js',
        body: {},
      }),

    /** Says that the person has signed out, and why the browser does not go back to the app. */
    loggedOut: (view: LoggedOutView): string => {
      const { doneTitle, doneText, loggedOutNotes } = wordsOf(view);
      const note = new Map(Object.entries(loggedOutNotes)).get(view.problem ?? '');
      return message({ ...view, title: doneTitle, message: note ?? doneText });
    },

    /** Says that nothing was changed. */
    staysSignedIn: (view: Shared): string =>
      message({ ...view, title: wordsOf(view).stayedTitle, message: wordsOf(view).stayedText }),
  };
}
