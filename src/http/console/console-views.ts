// The console's pages that belong to no sub-folder: signing keys, dynamic registration, and a form that
// waited for a proof. Each has its view's type, its template and its words here.
import type { ListedToken } from '../../core/client/initial-token.ts';
import { registrationPolicy } from '../../core/client/registration.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import { fill, timeAgo } from '../../i18n/text.ts';
import type { Draw } from '../kit/page-views.ts';
import { utcOf } from './activity/record-words.ts';
import { type ConsoleShared, consolePage } from './console-page.ts';
import type { PendingForm } from './pending-form.ts';

/** One signing key. Instants are epoch seconds; null where it is not known yet. */
export type KeyRow = {
  readonly kid: string;
  readonly alg: string;
  readonly state: 'next' | 'current' | 'previous' | 'retired';
  readonly createdAt: number | null;
  readonly signsFrom: number | null;
  readonly retiresAt: number | null;
};

export type KeysView = ConsoleShared & {
  /** The provider's own host, to be typed before keys are replaced at once. */
  readonly host: string;
  readonly keys: readonly KeyRow[];
  readonly rotationSeconds: number;
  /** How long a key is published before it signs. */
  readonly publishSeconds: number;
  /** What was just done. */
  readonly done: 'rotated' | 'replaced' | null;
  /** Whether something else than the host was typed. */
  readonly isHostWrong: boolean;
};

export type TokenField = 'name' | 'uses' | 'days';
export type TokenForm = Readonly<Record<TokenField, string>>;

/** An initial access token, and who made it. */
export type TokenRow = ListedToken & { readonly maker: string | null };

export type RegistrationView = ConsoleShared & {
  /** Whether the configuration allows dynamic registration. */
  readonly isOn: boolean;
  readonly endpoint: string;
  readonly tokens: readonly TokenRow[];
  /** The path of the next page; null on the last. */
  readonly next: string | null;
  /** Shown this once. */
  readonly newToken: string | null;
  readonly form: TokenForm;
  readonly wrongFields: readonly TokenField[];
  /** Whether a token was just revoked. */
  readonly isRevoked: boolean;
};

/** A form that was sent before the proof, and can be sent again (pending-form.ts). */
export type PendingFormView = ConsoleShared & {
  readonly target: string;
  readonly back: string;
  readonly fields: PendingForm['fields'];
};

type Template = 'console/keys' | 'console/registration' | 'console/continue';

export type ConsoleViews = ReturnType<typeof createConsoleViews>;

/** One function per page: view data in, HTML out. */
export function createConsoleViews({ draw }: { draw: Draw<Template> }) {
  const wordsOf = (locale: Locale) => messagesOf[locale].console;

  return {
    keys(view: KeysView): string {
      const { keys: words, frame } = wordsOf(view.locale);
      const body = {
        groups: keyGroups(view),
        scheduleText: fill(words.schedule, { days: Math.round(view.rotationSeconds / 86_400) }),
        rotateText: fill(words.rotateLead, { minutes: Math.ceil(view.publishSeconds / 60) }),
        notice: view.done === null ? null : words[view.done],
        problems: view.isHostWrong ? [{ path: '', message: words.replaceWrong }] : [],
      };
      return draw(view, consolePage('console/keys', frame.areas.keys, body));
    },

    registration(view: RegistrationView): string {
      const { registration: words, frame } = wordsOf(view.locale);
      const instant = (at: number) => ({ utc: utcOf(at), ago: timeAgo(view.locale, at, view.now) });
      const body = {
        scopes: registrationPolicy.scopes,
        tokens: view.tokens.map((token) => ({
          ...token,
          expires: instant(token.expiresAt),
          made: instant(token.createdAt),
        })),
        problems: view.wrongFields.map((field) => ({ path: '', message: words.wrong[field] })),
        notice: view.isRevoked ? words.revoked : null,
      };
      return draw(view, consolePage('console/registration', frame.areas.registration, body));
    },

    pendingForm: (view: PendingFormView): string =>
      draw(view, consolePage('console/continue', wordsOf(view.locale).frame.pendingTitle)),
  };
}

/** The keys by state, in the order of their lives; a state without keys is left out. */
function keyGroups({ locale, now, keys }: KeysView) {
  const { states } = messagesOf[locale].console.keys;
  const instant = (at: number | null) =>
    at === null ? null : { iso: new Date(at * 1000).toISOString(), utc: utcOf(at), ago: timeAgo(locale, at, now) };
  return (['next', 'current', 'previous', 'retired'] as const)
    .map((state) => ({
      state,
      ...states[state],
      keys: keys
        .filter((key) => key.state === state)
        .map(({ kid, alg, createdAt, signsFrom, retiresAt }) => ({
          kid,
          alg,
          created: instant(createdAt),
          signs: instant(signsFrom),
          retires: instant(retiresAt),
        })),
    }))
    .filter((group) => group.keys.length > 0);
}
