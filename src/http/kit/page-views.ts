// What each page is given (http/kit/pages.ts): one type a view. Templates read nothing else.
import type { Role } from '../../core/account/account.ts';
import type { Passkey } from '../../core/account/passkey.ts';
import type { Approval } from '../../core/approval/approval.ts';
import type { LinkPurpose } from '../../core/link/link.ts';
import type { BrowserApproved } from '../../core/notice/notice.ts';
import type { ShownNotice } from '../../core/notice/notices.ts';
import type { VisibleState } from '../../core/ticket/ticket.ts';
import type { Locale } from '../../i18n/locale.ts';
import type { ScopeWords } from '../../i18n/scopes.ts';
import type { RefusalCode } from './refusals.ts';

export type Shared = {
  readonly locale: Locale;
  /** Of this answer's Content-Security-Policy. */
  readonly nonce: string;
  /** Epoch seconds; scripts correct their clock by it. */
  readonly now?: number;
};

export type ClientView = {
  readonly clientName: string;
  /** Shown when it needs no request to another site (`data:` or our own path), else a monogram is. */
  readonly clientLogo: string | null;
  readonly redirectHost: string;
};

export type WaitingView = Shared &
  ClientView & {
    /** `/interaction/<uid>` */
    readonly basePath: string;
    /** `off`: no code is shown at all. */
    readonly state: VisibleState | 'off';
    /** Trusted markup of qr-svg.ts; null where no code can be scanned. */
    readonly qrSvg: string | null;
    /** `XXXX-XXXX` */
    readonly userCode: string | null;
    /** Short enough to type: `localhost:3000/q`. */
    readonly verificationUri: string;
    readonly needs: 'confirmation_code' | null;
    readonly expiresAt: number;
    readonly now: number;
    readonly pendingSeconds: number;
    /** The page fetches the next ticket by itself when this one expires. */
    readonly renews: boolean;
    /** This browser may ask for a phone; says no more of whom it knows. */
    readonly canAsk: boolean;
    /** To be chosen on the phone that was asked; null: none was. */
    readonly number: string | null;
    /** May one sign in otherwise than by phone? */
    readonly hasPassword: boolean;
    /** On this browser, where it can; the script knows. */
    readonly hasPasskey: boolean;
    readonly onPhone: boolean;
    readonly continueAs: {
      readonly displayName: string;
      readonly username: string;
      readonly needsConsent: boolean;
      readonly scopes: readonly ScopeWords[];
      readonly lasts: string;
    } | null;
    readonly error: RefusalCode | null;
    readonly triesLeft: number | null;
    readonly username: string | null;
    /** It ends with a device that approves sign-ins: said here too, since a client of ours asks for no consent. */
    readonly enrolsDevice?: boolean;
    /** Asked for by `?password`: the form is open, and the page without script does not reload under the typing hand. */
    readonly wantsPassword?: boolean;
  };

export type ConsentView = Shared &
  ClientView & {
    readonly basePath: string;
    readonly displayName: string;
    readonly scopes: readonly ScopeWords[];
    /** "Until signed out, 14 days at most" */
    readonly lasts: string;
    /** Something was granted before, and this is more. */
    readonly isNewScopes: boolean;
    readonly policyUri: string | null;
    readonly tosUri: string | null;
  };

export type PhoneSignInView = Shared & {
  /** The provider's own host: the person checks it before typing a password. */
  readonly host: string;
  readonly returnTo: string;
  readonly refusal: RefusalCode | null;
  readonly username: string;
  readonly isReauthentication: boolean;
  readonly hasPasskey: boolean;
  /** Beside signing in: new accounts, and a new password by mail. */
  readonly canSignUp: boolean;
  readonly canReset: boolean;
};

export type PasskeysView = Shared & {
  readonly now: number;
  readonly displayName: string;
  readonly passkeys: readonly Passkey[];
  /** What a new one is called unless its owner says otherwise. */
  readonly suggestedName: string;
  /** The person proved themselves just now, so that they may change something. */
  readonly isFresh: boolean;
  /** Only a passkey is a proof here. */
  readonly needsPasskey: boolean;
  readonly isPossible: boolean;
};

export type LinkView = Shared & {
  /** The provider's own host: the person checks it before typing a password. */
  readonly host: string;
  /** `/link/<secret>` */
  readonly path: string;
  readonly purpose: Exclude<LinkPurpose, 'email'>;
  /** What accounts made by it may do. */
  readonly roles: readonly Role[];
  /** As whom this browser is signed in already. */
  readonly signedInAs: string | null;
  readonly refusal: RefusalCode | null;
  /** Of the form, by the account's own names. */
  readonly wrongFields: readonly string[];
  /** What was typed before it was refused. */
  readonly form: { readonly username: string; readonly displayName: string; readonly email: string };
};

export type SignUpView = Shared & {
  readonly host: string;
  /** The account is made by a link that goes to its address. */
  readonly byMail: boolean;
  readonly signedInAs: string | null;
  readonly refusal: RefusalCode | null;
  readonly wrongFields: readonly string[];
  readonly form: LinkView['form'];
};

/** What was asked for goes by mail, if at all: the page says the same to everybody. */
export type MailSentView = Shared & { readonly email: string | null };

export type ForgotView = Shared & { readonly name: string; readonly refusal: RefusalCode | null };

export type RecoverView = Shared & { readonly username: string; readonly refusal: RefusalCode | null };

export type RecoveryCodesView = Shared & {
  readonly displayName: string;
  readonly username: string;
  readonly host: string;
  readonly left: number;
  /** Of so many. */
  readonly count: number;
  readonly isFresh: boolean;
  /** Only a passkey is a proof here. */
  readonly needsPasskey: boolean;
};

export type EmailProofView = Shared & { readonly path: string; readonly email: string; readonly username: string };

export type PhoneHomeView = Shared & {
  readonly now: number;
  readonly displayName: string;
  readonly approvals: readonly Approval[];
  /** This very phone is rung. */
  readonly isRung: boolean;
  /** Of ours, for its push service. */
  readonly pushKey: string;
  readonly notices: readonly ShownNotice[];
};

/** What "This was not me" leads to: it asks, has just done it, or it was done before. */
export type DisowningView = Shared & {
  readonly now: number;
  readonly path: string;
  readonly state: 'asks' | 'done' | 'already';
  readonly about: BrowserApproved;
  readonly approvedAt: number;
  readonly disownedAt: number | null;
  /** The one that approved. */
  readonly isPhoneSignedIn: boolean;
};

/** Of a frame that was scanned or of a request, the other being empty. */
export type ReviewView = Shared & { readonly frame: string; readonly ask: string; readonly displayName: string };
export type RefusalView = Shared & { readonly code: RefusalCode };
export type LogoutView = Shared & {
  /** oidc-provider's own form, trusted; its id is `op.logoutForm`. */
  readonly formHtml: string;
  readonly clientName: string | null;
};

export type ErrorView = Shared & {
  readonly title?: string;
  readonly message?: string;
  /** An OAuth error code, shown small for whoever is asked about it. */
  readonly code: string;
  readonly action?: { readonly href: string; readonly label: string } | null;
};

export type ConsolePageView = Shared & { readonly template: string; readonly title: string; readonly body: object };
