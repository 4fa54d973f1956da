// The pages for people who are signed in nowhere: making an account, getting back into one, links that came
// by mail, and "This was not me". Each has its view's type, its template and its words here.
import type { Role } from '../../core/account/account.ts';
import type { LinkPurpose } from '../../core/link/link.ts';
import type { BrowserApproved } from '../../core/notice/notice.ts';
import { agentInWords } from '../../i18n/agents.ts';
import { messagesOf } from '../../i18n/locale.ts';
import { devicesPath, networkOf } from '../../i18n/mail/notice-mails.ts';
import type { Messages } from '../../i18n/messages.ts';
import { fill, timeAgo } from '../../i18n/text.ts';
import { plainText } from '../../plain-text.ts';
import type { Draw, Shared } from '../kit/page-views.ts';
import type { Pages } from '../kit/pages.ts';
import { wordsFor } from '../kit/refusal-words.ts';
import type { RefusalCode } from '../kit/refusals.ts';

/** What was typed before it was refused. It never contains the password. */
export type AccountForm = { readonly username: string; readonly displayName: string; readonly email: string };

export type LinkView = Shared & {
  /** The provider's own host. The person compares it with the address bar before typing a password. */
  readonly host: string;
  /** `/link/<secret>` */
  readonly path: string;
  readonly purpose: Exclude<LinkPurpose, 'email'>;
  /** The roles of accounts that are made by this link. */
  readonly roles: readonly Role[];
  /** The display name of whoever this browser is signed in as already; null when nobody is. */
  readonly signedInAs: string | null;
  readonly refusal: RefusalCode | null;
  /** The refused fields of the form, by their names in Account. */
  readonly wrongFields: readonly string[];
  readonly form: AccountForm;
};

export type SignUpView = Shared & {
  readonly host: string;
  /** Where the form is sent: the page's own address. */
  readonly path: string;
  /** Where people go who have an account. */
  readonly signInPath: string;
  /** The app that asks for the account and gets the person back; null where none does. */
  readonly clientName: string | null;
  /** Whether the account is made by a link that is sent to its address. */
  readonly byMail: boolean;
  readonly signedInAs: string | null;
  readonly refusal: RefusalCode | null;
  readonly wrongFields: readonly string[];
  readonly form: AccountForm;
};

/**
 * The page says the same whether a mail was sent or not (security.md D4). `email` is what was typed, if it is
 * shown.
 */
export type MailSentView = Shared & { readonly email: string | null };

export type ForgotView = Shared & { readonly name: string; readonly refusal: RefusalCode | null };

export type RecoverView = Shared & { readonly username: string; readonly refusal: RefusalCode | null };

export type EmailProofView = Shared & { readonly path: string; readonly email: string; readonly username: string };

export type DisowningView = Shared & {
  readonly now: number;
  readonly path: string;
  /** Whether the page asks first, has just ended the sign-in, or it was ended before. */
  readonly state: 'asks' | 'done' | 'already';
  readonly about: BrowserApproved;
  /** Epoch seconds. */
  readonly approvedAt: number;
  readonly disownedAt: number | null;
  /** Whether the device that approved is still signed in. */
  readonly isPhoneSignedIn: boolean;
};

type Template =
  | 'guest/link'
  | 'guest/link-done'
  | 'guest/sign-up'
  | 'guest/mail-sent'
  | 'guest/forgot'
  | 'guest/recover'
  | 'guest/email-proof'
  | 'guest/not-me';

const wordsOf = (all: Messages, refusal: RefusalCode | null) => (refusal ? wordsFor(all, refusal) : null);

/** One function per page: view data in, HTML out. */
export function createGuestViews({ draw, message }: { draw: Draw<Template>; message: Pages['message'] }) {
  return {
    /** Where a single-use link leads, before it is used. */
    link(view: LinkView): string {
      const all = messagesOf[view.locale];
      const { title } = all.link[view.purpose];
      const roles = new Intl.ListFormat(view.locale).format(view.roles.map((role) => all.link.roles[role]));
      const body = { title, words: wordsOf(all, view.refusal), roles };
      return draw(view, { template: 'guest/link', title, script: 'link.js', body });
    },

    /** Says that the new password is set. Signing in with it is the next step. */
    passwordSet: (view: Shared): string =>
      draw(view, { template: 'guest/link-done', title: messagesOf[view.locale].link.reset.doneTitle, body: {} }),

    /** The form of a new account. With a mail server it asks for the address only, and needs no script. */
    signUp(view: SignUpView): string {
      const all = messagesOf[view.locale];
      const { title } = all.signUp;
      const body = { title, words: wordsOf(all, view.refusal) };
      return draw(view, { template: 'guest/sign-up', title, ...(!view.byMail && { script: 'link.js' }), body });
    },

    mailSent: (view: MailSentView): string =>
      draw(view, { template: 'guest/mail-sent', title: messagesOf[view.locale].signUp.sentTitle, body: {} }),

    /** Asks for the username or address to send a reset link to. */
    forgot(view: ForgotView): string {
      const all = messagesOf[view.locale];
      return draw(view, {
        template: 'guest/forgot',
        title: all.forgot.title,
        body: { words: wordsOf(all, view.refusal) },
      });
    },

    /** Asks for a recovery code. */
    recover(view: RecoverView): string {
      const all = messagesOf[view.locale];
      return draw(view, {
        template: 'guest/recover',
        title: all.recover.title,
        body: { words: wordsOf(all, view.refusal) },
      });
    },

    /** Where a link leads that proves an email address, before it is used. */
    emailProof: (view: EmailProofView): string =>
      draw(view, { template: 'guest/email-proof', title: messagesOf[view.locale].emailProof.title, body: {} }),

    emailProved(view: Shared): string {
      const { doneTitle, doneText } = messagesOf[view.locale].emailProof;
      return message({ ...view, title: doneTitle, message: doneText });
    },

    /** Where "This was not me" leads. */
    disowning(view: DisowningView): string {
      const body = disowningBody(view, messagesOf[view.locale]);
      return draw(view, { template: 'guest/not-me', title: body.title, body });
    },
  };
}

/** What the page behind "This was not me" says, in the words of `all`. Pure. */
export function disowningBody(view: DisowningView, all: Messages) {
  const { state, about, locale, now, approvedAt, disownedAt } = view;
  const t = all.notice.page;
  const client = plainText(about.clientName, 60) || about.clientId;
  const ago = (at: number) => timeAgo(locale, at, now);
  const heading = {
    asks: { title: t.title, lead: t.lead },
    done: { title: t.doneTitle, lead: t.doneText },
    already: { title: t.alreadyTitle, lead: fill(t.alreadyText, { when: ago(disownedAt ?? now) }) },
  }[state];
  return {
    ...heading,
    devicesPath,
    facts: [
      [t.facts.site, client],
      [
        about.isScreen ? all.screen.label : t.facts.browser,
        agentInWords(all.home.browserOn, { name: about.browserName, system: about.browserSystem }, all.screen.unknown),
      ],
      [t.facts.network, networkOf(about)],
      [t.facts.phone, about.deviceName],
      [t.facts.time, ago(approvedAt)],
    ],
    lines: [fill(t.ends, { client }), about.isScreen ? t.blocksScreen : t.blocks, t.asks],
    phoneHint: fill(t.unknownPhoneHint, { name: about.deviceName }),
  };
}
