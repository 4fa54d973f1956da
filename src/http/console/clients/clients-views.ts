// The console's pages of apps (clients): the list, a new one, one with its settings, connecting it, trying
// it, and what it would learn about somebody. Each has its view's type, its template and its words here.

import { type PkceAdvice, pkceAdviceDays } from '../../../core/client/pkce-advice.ts';
import type { SecurityProfile } from '../../../core/client/security-profile.ts';
import type { Value } from '../../../i18n/arguments.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import type { Message } from '../../../i18n/messages.ts';
import type { ScopeWords } from '../../../i18n/scopes.ts';
import type { TrialObstacle } from '../../../oidc/trial.ts';
import type { Draw } from '../../kit/page-views.ts';
import type { FactRow } from '../activity/fact-rows.ts';
import { type ConsoleShared, consolePage, type WithProblems } from '../console-page.ts';
import { buttonKit } from './button-kit.ts';
import type { ClientForm } from './client-form.ts';
import type { Kind } from './client-kinds.ts';
import { pkceSettings } from './pkce-settings.ts';
import type { RecentRefusals } from './refusal-rows.ts';
import type { SnippetFile } from './snippets.ts';
import type { UndeliveredRow } from './undelivered.ts';

/** A client in a list, and at the head of its page. Instants are in words. */
export type ClientRow = {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** Where it came from when not from the console or the API: a sentence. */
  readonly origin: string | null;
  readonly isOn: boolean;
  /** Whether screens may sign in with it (the device grant, RFC 8628). */
  readonly signsInScreens: boolean;
  readonly when: string;
};

export type ClientsView = ConsoleShared & {
  readonly search: string;
  /** `used` is null where it was never used. */
  readonly clients: readonly (ClientRow & { readonly used: string | null })[];
  /** The path of the next page; null on the last. */
  readonly next: string | null;
};

/** The fields of the form, and what this visitor may set in them. */
export type ClientSettings = {
  readonly kind: Kind;
  readonly form: ClientForm;
  readonly problems: WithProblems['problems'];
  /** What holds where the client says nothing: lengths of time in words, by the setting's name. */
  readonly lifetimes: Readonly<Record<string, string>>;
  /** Which groups of fields are shown open. */
  readonly isOpen: Readonly<Record<string, boolean>>;
  /** `isMine`: the visitor may give it. */
  readonly scopes: readonly (ScopeWords & { readonly isMine: boolean })[];
  readonly machineScopes: readonly { readonly name: string; readonly isMine: boolean }[];
  readonly mayAddScreens: boolean;
  /** Whether PKCE is required already, of a public client or of all. */
  readonly isPkceFixed: boolean;
  /** A profile other than `none` fixes its switches. */
  readonly profile: SecurityProfile;
};

export type NewClientView = ConsoleShared & ClientSettings;

export type SecretRow = {
  readonly id: string;
  readonly name: string;
  readonly when: string;
  readonly until: string | null;
  readonly used: string | null;
};

/** What the phone shows of the client as it is set up. */
export type ClientPreview = {
  readonly name: string;
  readonly logo: string | null;
  readonly host: string;
  /** The sentence beside the host of a client that registered itself; null for all others. */
  readonly hostText: Message<{ readonly host: Value }> | null;
};

export type ClientView = WithProblems &
  ClientSettings & {
    readonly issuer: string;
    readonly client: ClientRow & {
      /** What a form has to send back (ETag of the administration API). */
      readonly revision: number;
      readonly secrets: readonly SecretRow[];
      readonly hasSecrets: boolean;
    };
    readonly isReadOnly: boolean;
    /** Whether it may do more than the visitor, and is read-only therefore. */
    readonly isBeyond: boolean;
    /** Shown this once. */
    readonly newSecret: string | null;
    /** What its sign-ins used lately, as advice; null when there is nothing to say. */
    readonly pkceAdvice: PkceAdvice | null;
    /** Sign-outs that did not reach it. */
    readonly undelivered: readonly UndeliveredRow[];
    readonly refusals: RecentRefusals;
    /** Scopes without a box of their own in the form. */
    readonly otherScopes: readonly string[];
    readonly logo: string | null;
    /** Whether the app provided its logo itself. */
    readonly isLogoByClient: boolean;
    readonly preview: ClientPreview;
  };

/** What the pages beside a client's own page show of it. */
export type ClientHead = {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly isScreen: boolean;
};

export type LibraryTab = { readonly label: string; readonly href: string; readonly isHere: boolean };

export type ConnectView = ConsoleShared & {
  readonly client: ClientHead;
  /** Its values, as rows of a table. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
  readonly suited: readonly LibraryTab[];
  readonly others: readonly LibraryTab[];
  /** The name of the library whose code is shown. */
  readonly chosen: string;
  readonly notes: readonly string[];
  readonly files: readonly SnippetFile[];
  readonly discoveryCommand: string;
  /** Whether it has a sign-in page that the button could stand on. */
  readonly hasSignIn: boolean;
};

export type TrialResultView = {
  readonly when: string;
  /** An OAuth error code; null when the trial succeeded. */
  readonly error: string | null;
  readonly why: string | null;
  readonly request: readonly FactRow[];
  readonly response: readonly FactRow[];
  readonly idToken: {
    /** The first characters; a token is never shown whole. */
    readonly beginning: string;
    readonly header: readonly FactRow[];
    readonly claims: readonly FactRow[];
  } | null;
  readonly userinfo: readonly FactRow[] | null;
};

export type TrialView = ConsoleShared & {
  readonly client: ClientHead;
  /** Why it cannot be tried; null when it can. */
  readonly obstacle: TrialObstacle | null;
  readonly result: TrialResultView | null;
};

export type ClaimsView = ConsoleShared & {
  readonly client: ClientHead;
  /** The username that was typed. */
  readonly account: string;
  /** Why nothing is shown for it; null when something is, or nothing was typed. */
  readonly wrong: string | null;
  readonly isAccountOff: boolean;
  readonly found: {
    readonly displayName: string;
    readonly scope: string;
    readonly idToken: readonly FactRow[];
    readonly userinfo: readonly FactRow[];
  } | null;
  /** Claims that only a sign-in can fill in. */
  readonly later: readonly FactRow[];
};

type Template =
  | 'console/clients'
  | 'console/client-new'
  | 'console/client'
  | 'console/client-connect'
  | 'console/client-try'
  | 'console/client-claims';

export type ClientsViews = ReturnType<typeof createClientsViews>;

/** One function per page: view data in, HTML out. */
export function createClientsViews({ draw }: { draw: Draw<Template> }) {
  const wordsOf = ({ locale }: ConsoleShared) => messagesOf[locale].console;

  return {
    clients: (view: ClientsView): string =>
      draw(view, consolePage('console/clients', wordsOf(view).frame.areas.clients)),

    newClient: (view: NewClientView): string =>
      draw(
        view,
        consolePage('console/client-new', wordsOf(view).clients.newTitle, {
          notice: null,
          sayWrong: problemsOfField(view),
        }),
      ),

    client(view: ClientView): string {
      const client = { ...view.client, isScreen: view.kind === 'screen' };
      const more = { client, sayWrong: problemsOfField(view), pkceSettings, pkceDays: pkceAdviceDays };
      return draw(view, consolePage('console/client', view.client.name, more));
    },

    connect: (view: ConnectView): string =>
      draw(view, consolePage('console/client-connect', wordsOf(view).connect.title, { kit: buttonKit })),

    trial: (view: TrialView): string => draw(view, consolePage('console/client-try', wordsOf(view).trial.title)),

    claims: (view: ClaimsView): string => draw(view, consolePage('console/client-claims', wordsOf(view).claims.title)),
  };
}

/** For templates: the problems of one field, or of one of its lines (`redirect_uris.0`). */
const problemsOfField =
  ({ problems }: ClientSettings) =>
  (field: string) =>
    problems.filter(({ path }) => path === field || path.startsWith(`${field}.`));
