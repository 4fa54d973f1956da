// The types that the views of every audience share. What one page is given, its template and its words are in
// the audience's own file (`waiting-views.ts`, `phone-views.ts`, …); pages.ts draws them.
import type { Locale } from '../../i18n/locale.ts';
import type { AssetName } from './assets.ts';
import type { RefusalCode } from './refusals.ts';
import type { WayBack } from './way-back.ts';

/** What every page is given. */
export type Shared = {
  readonly locale: Locale;
  /** The nonce of this response's Content-Security-Policy. */
  readonly nonce: string;
  /** Epoch seconds. Scripts correct their clock by it. */
  readonly now?: number;
};

/** How a view is drawn: its template, and what the template reads beside the view itself. */
export type Page<Template extends string = string> = {
  /** A file below `views`, without its ending: `guest/link`. */
  readonly template: Template;
  /** Text before the product's name in `<title>`. */
  readonly title: string;
  readonly script?: AssetName;
  /**
   * What the view's function derived for the template, such as sentences. It takes precedence over the view.
   */
  readonly body: object;
  /** Whether the page reloads itself every few seconds in a browser without script. */
  readonly refreshes?: boolean;
  /** Where the page navigates at once, with script or without. */
  readonly goesTo?: string;
  /** Whether the page belongs to the web app that a phone can install. */
  readonly isApp?: boolean;
};

/** Draws a view with one of the templates that its audience owns. @returns a whole HTML document */
export type Draw<Template extends string> = (view: Shared, page: Page<Template>) => string;

export type RefusalView = Shared & {
  readonly code: RefusalCode;
  readonly reference?: string;
  /** Offered where the refusal itself has no next step. */
  readonly wayBack?: WayBack | null;
};

export type ErrorView = Shared & {
  readonly title?: string;
  readonly message?: string;
  /** A stable code of ours or of OAuth. It is shown in small print, to be quoted to whoever can help. */
  readonly code: string;
  /** The one thing to do next; null or absent where there is none. */
  readonly action?: { readonly href: string; readonly label: string } | null;
  /** The id of the request in the log. */
  readonly reference?: string;
  /** What a developer needs to see, behind a summary. Names are those of the protocol. */
  readonly details?: readonly { readonly name: string; readonly value: string }[];
};

export type OnwardView = Shared & { readonly location: string };

export type MessageView = Shared & { readonly title: string; readonly message: string };
