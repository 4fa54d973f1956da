// What every page of the console is given, and how a page of the console is drawn. The pages are in the
// `…-views.ts` file of their area.
import type { Page, Shared } from '../kit/page-views.ts';
import type { Area } from './areas.ts';

/** One refused field of a form; `path` is empty where the message names the field itself. */
export type Problem = { readonly path: string; readonly message: string };

export type MenuItem = { readonly name: Area; readonly path: string; readonly isHere: boolean };

/** What every page of the console is given (console-view.ts). */
export type ConsoleShared = Shared & {
  readonly now: number;
  readonly displayName: string;
  /** The areas that the visitor's role may see. */
  readonly menu: readonly MenuItem[];
  /** This page's own path. A fresh proof leads back to it. */
  readonly path: string;
  /** Whether the visitor's role may change this area. */
  readonly canChange: boolean;
  /** Whether there is anything to change in this area, for anybody. */
  readonly isForChanges: boolean;
  /** Whether the visitor has proved a moment ago who they are. */
  readonly isFresh: boolean;
  readonly mayPreviewClaims: boolean;
  /** Whether a change would be accepted now: by the role, and by a fresh proof. */
  readonly mayChange: boolean;
};

/** A page with a form: what was refused, and what was done, are shown above it. */
export type WithProblems = ConsoleShared & {
  readonly problems: readonly Problem[];
  readonly notice: string | null;
};

/** A page of the console. Every one has the same script. */
export const consolePage = <Template extends `console/${string}`>(
  template: Template,
  title: string,
  body: object = {},
): Page<Template> => ({ template, title, script: 'console.js', body });
