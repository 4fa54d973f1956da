// The pages of the approving phone: signing in, its home, the review that a QR code leads to, and the page
// shown without network. Each has its view's type, its template and its words here.
import { type Approval, methodOf } from '../../core/approval/approval.ts';
import type { ShownNotice } from '../../core/notice/notices.ts';
import { agentInWords } from '../../i18n/agents.ts';
import { messagesOf } from '../../i18n/locale.ts';
import { noticesInWords } from '../../i18n/notices.ts';
import { placeName } from '../../i18n/places.ts';
import { timeAgo } from '../../i18n/text.ts';
import { textsByLocale } from '../kit/page-texts.ts';
import type { Draw, Shared } from '../kit/page-views.ts';
import type { Pages } from '../kit/pages.ts';
import { phoneRefusals, wordsFor } from '../kit/refusal-words.ts';
import type { RefusalCode } from '../kit/refusals.ts';

export type PhoneSignInView = Shared & {
  /** The provider's own host. The person compares it with the address bar before typing a password. */
  readonly host: string;
  /** Where to go once signed in: a path of our own. */
  readonly returnTo: string;
  readonly refusal: RefusalCode | null;
  readonly username: string;
  /** Whether somebody who is signed in proves again who they are. */
  readonly isReauthentication: boolean;
  readonly hasPasskey: boolean;
  /** Whether the page also leads to making an account. */
  readonly canSignUp: boolean;
  /** Whether the page also leads to a new password by mail. */
  readonly canReset: boolean;
};

export type PhoneHomeView = Shared & {
  readonly now: number;
  readonly displayName: string;
  /** The newest ones, to be ended here. */
  readonly approvals: readonly Approval[];
  /** Whether sign-in requests ring this phone. */
  readonly isRung: boolean;
  /** Our public key for the phone's push service (RFC 8292), base64url. */
  readonly pushKey: string;
  readonly notices: readonly ShownNotice[];
};

/** What to review: the frame that was scanned or the request that was asked for. The other one is empty. */
export type ReviewView = Shared & { readonly frame: string; readonly ask: string; readonly displayName: string };

type Template = 'phone/sign-in' | 'phone/phone-home' | 'phone/review' | 'phone/offline';

/** One function per page: view data in, HTML out. */
export function createPhoneViews({ draw, assetUrl }: { draw: Draw<Template>; assetUrl: Pages['assetUrl'] }) {
  const scriptTexts = textsByLocale((all) => ({
    review: all.review,
    screen: all.screen,
    home: all.home,
    asks: all.asks,
    page: all.page,
    scanner: all.scanner,
    ...phoneRefusals(all),
  }));

  return {
    /** The form for a password or passkey that makes this browser a device. */
    signIn(view: PhoneSignInView): string {
      const all = messagesOf[view.locale];
      const title = view.isReauthentication ? all.signIn.titleAgain : all.signIn.title;
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'phone/sign-in', title, script: 'sign-in.js', body: { title, words } });
    },

    /** The scanner, requests that wait, notices, and what was approved lately. */
    home(view: PhoneHomeView): string {
      const { home, screen } = messagesOf[view.locale];
      const approvals = view.approvals.map((approval) => ({
        ...approval,
        agent: agentInWords(
          home.browserOn,
          { name: approval.browserName, system: approval.browserSystem },
          screen.unknown,
        ),
        methodInWords: home.methods[methodOf(approval)],
        when: timeAgo(view.locale, approval.approvedAt, view.now),
        place: placeName(approval.browserPlace, view.locale),
      }));
      return draw(view, {
        template: 'phone/phone-home',
        title: home.title,
        script: 'phone-home.js',
        isApp: true,
        body: {
          approvals,
          notices: noticesInWords(view.notices, view),
          texts: scriptTexts[view.locale],
          worker: assetUrl('scanner-worker.js'),
        },
      });
    },

    /** Where a QR code leads. Its script claims the ticket and asks for the decision. */
    review: (view: ReviewView): string =>
      draw(view, {
        template: 'phone/review',
        title: messagesOf[view.locale].review.pageTitle,
        script: 'review.js',
        body: { texts: scriptTexts[view.locale] },
      }),

    /** What the service worker shows while there is no network. It contains nothing about anybody. */
    offline: (view: Shared): string =>
      draw(view, { template: 'phone/offline', title: messagesOf[view.locale].scanner.offlineTitle, body: {} }),
  };
}
