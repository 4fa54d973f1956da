// The pages of the waiting browser: the sign-in page in each of its states, the page that continues with
// this browser's device, and the consent page. Each has its view's type, its template and its words here.
import type { VisibleState } from '../../core/ticket/ticket.ts';
import { messagesOf } from '../../i18n/locale.ts';
import type { ScopeWords } from '../../i18n/scopes.ts';
import { fill } from '../../i18n/text.ts';
import { textsByLocale } from '../kit/page-texts.ts';
import type { Draw, Shared } from '../kit/page-views.ts';
import { isWayOut, waitingRefusals, wordsFor } from '../kit/refusal-words.ts';
import type { RefusalCode } from '../kit/refusals.ts';

export type ClientView = {
  readonly clientName: string;
  /** Shown when it needs no request to another site (`data:` or our own path), else a monogram is. */
  readonly clientLogo: string | null;
  /** Whether the app itself provided the logo. */
  readonly isLogoByClient: boolean;
  readonly redirectHost: string;
  /** What the client names as its privacy policy and terms; the page links them when they are on the web. */
  readonly policyUri: string | null;
  readonly tosUri: string | null;
};

export type ContinueAs = {
  readonly displayName: string;
  readonly username: string;
  readonly needsConsent: boolean;
  readonly scopes: readonly ScopeWords[];
  /** How long the access lasts, as a sentence: "Until signed out, 14 days at most". */
  readonly lasts: string;
};

/** This browser is a signed-in device itself, and may answer the request. */
export type ContinueView = Shared &
  ClientView & {
    /** `/interaction/<uid>` */
    readonly basePath: string;
    readonly continueAs: ContinueAs;
    readonly error: RefusalCode | null;
  };

export type WaitingView = Shared &
  ClientView & {
    /** `/interaction/<uid>` */
    readonly basePath: string;
    /** `off`: no code is shown at all. */
    readonly state: VisibleState | 'off';
    /** Trusted markup of qr-image.ts; null where no code can be scanned. */
    readonly qrImage: string | null;
    /** `XXXX-XXXX` */
    readonly userCode: string | null;
    /** Short enough to type: `localhost:3000/q`. */
    readonly verificationUri: string;
    readonly needs: 'confirmation_code' | null;
    /** Epoch seconds. */
    readonly expiresAt: number;
    readonly now: number;
    readonly pendingSeconds: number;
    /** Whether the page fetches the next ticket by itself when this one expires. */
    readonly renews: boolean;
    /** Whether this browser may ask for a phone. It does not say whose. */
    readonly canAsk: boolean;
    /** The number to choose on the phone that was asked; null when none was asked. */
    readonly number: string | null;
    /** When the whole interaction ends, epoch seconds. */
    readonly endsAt: number;
    readonly hasPassword: boolean;
    /** Whether a passkey is accepted. The script knows whether this browser can use one. */
    readonly hasPasskey: boolean;
    readonly onPhone: boolean;
    readonly error: RefusalCode | null;
    readonly triesLeft: number | null;
    readonly username: string | null;
    /**
     * Whether it ends with a device that approves sign-ins. It is said here, since a client of ours asks
     * no consent.
     */
    readonly enrolsDevice: boolean;
    /** Whether the relying party asks for a new account where nobody may create one. */
    readonly isSignUpClosed: boolean;
    /**
     * Whether `?password` asked for the form. It is open then, and the page does not reload while somebody
     * types.
     */
    readonly wantsPassword: boolean;
  };

export type ConsentView = Shared &
  ClientView & {
    readonly basePath: string;
    readonly displayName: string;
    readonly scopes: readonly ScopeWords[];
    /** How long the access lasts, as a sentence. */
    readonly lasts: string;
    /** Whether something was granted before, and this is more. */
    readonly isNewScopes: boolean;
  };

type Template = 'waiting/waiting' | 'waiting/continue' | 'waiting/consent';

/** One function per page: view data in, HTML out. */
export function createWaitingViews({ draw }: { draw: Draw<Template> }) {
  const scriptTexts = textsByLocale(({ waiting: { status, qrName, triesLeft }, asks: { asked, looking }, ...all }) => ({
    waiting: { status, qrName, triesLeft },
    asks: { asked, looking },
    ...waitingRefusals(all),
  }));

  return {
    /** The sign-in page of the waiting browser, in each of its states. */
    waiting(view: WaitingView): string {
      const all = messagesOf[view.locale];
      const shown = view.state === 'approved' && view.needs ? 'code' : view.state;
      const isCodeWrong = view.error === 'confirmation_code_wrong';
      const isMoving = shown === 'pending' || shown === 'scanned' || shown === 'approved';
      return draw(view, {
        template: 'waiting/waiting',
        title: fill(all.waiting.title, { client: view.clientName }),
        script: 'waiting.js',
        refreshes: isMoving && view.error === null && !view.wantsPassword,
        body: {
          ...clientPartsOf(view),
          shown,
          words: view.error ? wordsFor(all, view.error) : null,
          isCodeWrong,
          isPasswordOpen: view.wantsPassword || (view.error !== null && !isCodeWrong) || view.state === 'off',
          isPasskeyOnly: view.hasPasskey && !view.hasPassword && view.state === 'off',
          isOver: isWayOut(view.state),
          texts: scriptTexts[view.locale],
        },
      });
    },

    /** Offers to sign in with the device that this browser is. */
    continueHere(view: ContinueView): string {
      const all = messagesOf[view.locale];
      return draw(view, {
        template: 'waiting/continue',
        title: fill(all.waiting.title, { client: view.clientName }),
        script: 'continue.js',
        body: {
          ...clientPartsOf(view),
          words: view.error ? wordsFor(all, view.error) : null,
          texts: scriptTexts[view.locale],
        },
      });
    },

    /** Asks whether the app may read what the person has not granted it yet. */
    consent(view: ConsentView): string {
      const title = fill(messagesOf[view.locale].consent.title, { client: view.clientName });
      return draw(view, { template: 'waiting/consent', title, script: 'consent.js', body: clientPartsOf(view) });
    },
  };
}

/** What every page of the waiting browser shows of the client beside its name. */
const clientPartsOf = ({ clientLogo, policyUri, tosUri }: ClientView) => ({
  logo: logoOf(clientLogo),
  policyUri: webLink(policyUri),
  tosUri: webLink(tosUri),
});

/** A page loads nothing from other sites (security.md F4), so a logo elsewhere is not shown. */
const logoOf = (uri: string | null): string | null =>
  uri && (/^data:image\//.test(uri) || /^\/(?!\/)/.test(uri)) ? uri : null;

/** Keeps `javascript:` and other schemes out of links that a client names. */
const webLink = (uri: string | null): string | null => (uri && /^https?:\/\//i.test(uri) ? uri : null);
