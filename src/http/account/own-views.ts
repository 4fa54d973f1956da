// The pages of an account's own, at `/account`. Each has its view's type, its template and its words here.
import type { Account } from '../../core/account/account.ts';
import type { Passkey } from '../../core/account/passkey.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import type { ScopeWords } from '../../i18n/scopes.ts';
import { fill, timeAgo } from '../../i18n/text.ts';
import { textsByLocale } from '../kit/page-texts.ts';
import type { Draw, Shared } from '../kit/page-views.ts';
import { passkeyRefusals, pictureRefusals, recoveryCodeRefusals } from '../kit/refusal-words.ts';
import type { Sentence } from './activity-words.ts';
import type { Freshness } from './freshness.ts';

/** What every page of a signed-in owner is given (account-view.ts). */
export type OwnShared = Shared &
  Freshness & {
    readonly now: number;
    readonly account: Pick<Account, 'username' | 'displayName' | 'email' | 'emailVerified'>;
    /** What `?done=` names: the page says it when it knows the name. */
    readonly doneKey: string | null;
  };

/** A page with a form: `problem` is the refusal that is shown above it. */
type WithProblem = OwnShared & { readonly problem: string | null };

/** The first page: who is signed in, and a line about every area. */
export type HomeView = OwnShared & {
  /** The picture's path on this provider. */
  readonly picture: string | null;
  readonly hasPassword: boolean;
  readonly counts: {
    readonly browsers: number;
    readonly sites: number;
    readonly devices: number;
    readonly passkeys: number;
    readonly recoveryCodes: number;
  };
};

/** One browser or screen that is signed in. Instants are in words: "2 minutes ago". */
export type BrowserRow = {
  readonly id: string;
  /** How it was signed in, in words. */
  readonly method: string;
  readonly site: string;
  readonly name: string;
  /** Empty when it is not known. */
  readonly system: string;
  readonly network: string | null;
  readonly place: string | null;
  readonly isTrusted: boolean;
  readonly isScreen: boolean;
  readonly when: string;
};

/** A browser that the owner reported. `name` is null where it is not known. */
export type BlockedRow = {
  readonly id: string;
  readonly name: string | null;
  readonly system: string;
  readonly isScreen: boolean;
  readonly when: string;
};

/** What the owner approved, and what they blocked. */
export type BrowsersView = WithProblem & {
  readonly browsers: readonly BrowserRow[];
  /** So many are shown; when the list is as long, there may be more. */
  readonly maxShown: number;
  readonly blocked: readonly BlockedRow[];
};

/** What one app was granted. */
export type SiteRow = {
  readonly id: string;
  readonly site: string;
  readonly logo: string | null;
  readonly scopes: readonly ScopeWords[];
  readonly since: string;
  readonly lastUsed: string | null;
};

/** The apps that were granted something. */
export type SitesView = WithProblem & { readonly sites: readonly SiteRow[] };

/** A signed-in device. Instants are in words. */
export type DeviceRow = {
  readonly id: string;
  /** What the owner calls it, else what it called itself. */
  readonly name: string;
  /** What it called itself when it signed in. */
  readonly kind: string;
  /** Whether it is the one that shows this page. */
  readonly isHere: boolean;
  /** Whether it is a native app, which has no cookie. */
  readonly isApp: boolean;
  readonly network: string;
  readonly place: string | null;
  readonly first: string;
  readonly lastUsed: string;
};

/** The signed-in devices, this one first. */
export type DevicesView = WithProblem & { readonly devices: readonly DeviceRow[] };

/** `hasPassword` is false for an account that signs in by passkeys only. */
export type PasswordView = WithProblem & { readonly hasPassword: boolean };

/** One audit record as a sentence, with the values that stand out in it. */
export type EventRow = {
  readonly says: Sentence['says'];
  readonly values: Sentence['values'];
  readonly address: string | null;
  readonly iso: string;
  readonly when: string;
};

/** A page of the account's own part of the audit log. */
export type ActivityView = OwnShared & {
  readonly events: readonly EventRow[];
  /** The path of the next page; null on the last. */
  readonly next: string | null;
  /** Whether this is not the first page. */
  readonly isOlder: boolean;
};

export const languages = ['browser', 'en', 'zh-CN'] as const;

/** What the account says about its owner, and the form that changes it. */
export type ProfileView = WithProblem & {
  /** What stands in the form. */
  readonly typed: { readonly displayName: string; readonly email: string };
  /** The refused fields, by their names in Account. */
  readonly wrongFields: readonly string[];
  readonly picture: string | null;
  readonly languages: readonly { readonly id: (typeof languages)[number]; readonly isChosen: boolean }[];
  /** JSON of passkey-signal.ts, as trusted markup. */
  readonly signal: string | null;
};

/** The passkeys, and the form that makes one. */
export type PasskeysView = Shared &
  Freshness & {
    readonly now: number;
    readonly passkeys: readonly Passkey[];
    /** What a new passkey is called unless its owner says otherwise. */
    readonly suggestedName: string;
    /** Whether passkeys can be made under this issuer at all. */
    readonly isPossible: boolean;
    /** JSON of passkey-signal.ts, as trusted markup. */
    readonly signal: string | null;
  };

/** How many recovery codes are left. New ones are shown by the page's script. */
export type RecoveryCodesView = Shared &
  Freshness & {
    readonly displayName: string;
    readonly username: string;
    readonly host: string;
    /** How many are unused. */
    readonly left: number;
    /** How many there are when they are new. */
    readonly count: number;
  };

/** Shown to a browser that is no device of an account. `returnTo` is the page that was asked for. */
export type ClosedView = Shared & { readonly returnTo: string; readonly address: string };

type Area = 'browsers' | 'sites' | 'devices' | 'password' | 'activity' | 'profile' | 'data';
type Template =
  | `account/${Area}`
  | 'account/home'
  | 'account/passkeys'
  | 'account/recovery-codes'
  | 'account/closed'
  | 'account/gone';

export type OwnViews = ReturnType<typeof createOwnViews>;

/** One function per page: view data in, HTML out. */
export function createOwnViews({ draw }: { draw: Draw<Template> }) {
  const pictureTexts = textsByLocale(pictureRefusals);
  const passkeyTexts = textsByLocale((all) => ({ passkeys: all.passkeys, ...passkeyRefusals(all) }));
  const codeTexts = textsByLocale((all) => ({ recoveryCodes: all.recoveryCodes, ...recoveryCodeRefusals(all) }));
  const words = (locale: Locale) => messagesOf[locale].account;

  /** Draws a page of one area. `path` is where the proof that a change may need leads back to. */
  const drawArea = (area: Area, view: OwnShared & { readonly problem?: string | null }, body: object = {}): string =>
    draw(view, {
      template: `account/${area}`,
      title: words(view.locale).areas[area],
      script: 'account.js',
      body: { path: `/account/${area}`, problem: view.problem ?? null, ...body },
    });

  return {
    /** The areas of the account, each with a line about it. */
    home(view: HomeView): string {
      const { title, signedInAs } = words(view.locale);
      const body = { areas: homeAreas(view), signedInAs: fill(signedInAs, { username: view.account.username }) };
      return draw(view, { template: 'account/home', title, script: 'account.js', body });
    },

    browsers: (view: BrowsersView): string => drawArea('browsers', view),
    sites: (view: SitesView): string => drawArea('sites', view),
    devices: (view: DevicesView): string => drawArea('devices', view),
    password: (view: PasswordView): string => drawArea('password', view),
    activity: (view: ActivityView): string => drawArea('activity', view),
    profile: (view: ProfileView): string => drawArea('profile', view, { texts: pictureTexts[view.locale] }),
    data: (view: WithProblem): string => drawArea('data', view),

    /** The passkeys and the form for a new one. Its script talks to the authenticator. */
    passkeys(view: PasskeysView): string {
      const ago = (at: number) => timeAgo(view.locale, at, view.now);
      const passkeys = view.passkeys.map((passkey) => ({
        ...passkey,
        made: ago(passkey.createdAt),
        used: passkey.lastUsedAt === null ? null : ago(passkey.lastUsedAt),
      }));
      return draw(view, {
        template: 'account/passkeys',
        title: messagesOf[view.locale].passkeys.title,
        script: 'passkeys.js',
        body: { passkeys, texts: passkeyTexts[view.locale] },
      });
    },

    recoveryCodes: (view: RecoveryCodesView): string =>
      draw(view, {
        template: 'account/recovery-codes',
        title: messagesOf[view.locale].recoveryCodes.title,
        script: 'recovery-codes.js',
        body: { texts: codeTexts[view.locale] },
      }),

    /** Says why this browser cannot come in, and how to. */
    closed: (view: ClosedView): string =>
      draw(view, {
        template: 'account/closed',
        title: words(view.locale).closed.title,
        script: 'account.js',
        body: {},
      }),

    /** Says goodbye to somebody whose account was deleted. */
    gone: (view: Shared): string =>
      draw(view, { template: 'account/gone', title: words(view.locale).gone.title, script: 'account.js', body: {} }),
  };
}

/** The rows of the home page: each area with an icon and a line about it. */
function homeAreas({ locale, counts, hasPassword }: HomeView) {
  const { lines } = messagesOf[locale].account;
  return [
    { name: 'browsers', icon: 'screen', line: fill(lines.browsers, { count: counts.browsers }) },
    { name: 'sites', icon: 'network', line: fill(lines.sites, { count: counts.sites }) },
    { name: 'devices', icon: 'phone', line: fill(lines.devices, { count: counts.devices }) },
    { name: 'passkeys', icon: 'key', line: fill(lines.passkeys, { count: counts.passkeys }) },
    { name: 'password', icon: 'lock', line: hasPassword ? lines.password.set : lines.password.unset },
    { name: 'recovery-codes', icon: 'lifebuoy', line: fill(lines.recoveryCodes, { count: counts.recoveryCodes }) },
    { name: 'activity', icon: 'list', line: lines.activity },
    { name: 'profile', icon: 'person', line: lines.profile },
    { name: 'data', icon: 'box', line: lines.data },
  ];
}
