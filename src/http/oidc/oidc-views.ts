// The pages of oidc-provider's own routes: asking to sign out, and having signed out (OIDC RP-Initiated
// Logout §2).
import { messagesOf } from '../../i18n/locale.ts';
import type { Draw, Shared } from '../kit/page-views.ts';
import type { Pages } from '../kit/pages.ts';

export type LogoutView = Shared & {
  /** The library's own form, as trusted markup; its id is `op.logoutForm`. */
  readonly formHtml: string;
  /** The app that asks to sign the person out; null where none is known. */
  readonly clientName: string | null;
};

type Template = 'oidc/logout';

/** One function per page: view data in, HTML out. */
export function createOidcViews({ draw, message }: { draw: Draw<Template>; message: Pages['message'] }) {
  return {
    /** Asks whether to sign out, around the library's form. */
    logout: (view: LogoutView): string =>
      draw(view, { template: 'oidc/logout', title: messagesOf[view.locale].leave.logoutTitle, body: {} }),

    /** Says that the person has signed out. */
    loggedOut(view: Shared): string {
      const { doneTitle, doneText } = messagesOf[view.locale].leave;
      return message({ ...view, title: doneTitle, message: doneText });
    },
  };
}
