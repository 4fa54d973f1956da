// The types of all messages. Keys come from the English catalogue; arguments come from arguments.ts, which is
// generated from the catalogue. The file contains types only, so browser scripts can import it.
import type { Arguments } from './arguments.ts';

type Catalogue = {
  readonly accountMail: typeof import('./locales/en/account-mail.json');
  readonly account: typeof import('./locales/en/account.json');
  readonly asks: typeof import('./locales/en/asks.json');
  readonly consent: typeof import('./locales/en/consent.json');
  readonly screen: typeof import('./locales/en/screen.json');
  readonly emailProof: typeof import('./locales/en/email-proof.json');
  readonly forgot: typeof import('./locales/en/forgot.json');
  readonly home: typeof import('./locales/en/home.json');
  readonly leave: typeof import('./locales/en/leave.json');
  readonly link: typeof import('./locales/en/link.json');
  readonly mail: typeof import('./locales/en/mail.json');
  readonly notice: typeof import('./locales/en/notice.json');
  readonly page: typeof import('./locales/en/page.json');
  readonly passkeys: typeof import('./locales/en/passkeys.json');
  readonly recover: typeof import('./locales/en/recover.json');
  readonly recoveryCodes: typeof import('./locales/en/recovery-codes.json');
  readonly refusals: typeof import('./locales/en/refusals.json');
  readonly review: typeof import('./locales/en/review.json');
  readonly scanner: typeof import('./locales/en/scanner.json');
  readonly scopes: typeof import('./locales/en/scopes.json');
  readonly signIn: typeof import('./locales/en/sign-in.json');
  readonly signUp: typeof import('./locales/en/sign-up.json');
  readonly waiting: typeof import('./locales/en/waiting.json');
  readonly console: {
    readonly accounts: typeof import('./locales/en/console/accounts.json');
    readonly activity: typeof import('./locales/en/console/activity.json');
    readonly claims: typeof import('./locales/en/console/claims.json');
    readonly clientForm: typeof import('./locales/en/console/client-form.json');
    readonly clients: typeof import('./locales/en/console/clients.json');
    readonly connect: typeof import('./locales/en/console/connect.json');
    readonly facts: typeof import('./locales/en/console/facts.json');
    readonly frame: typeof import('./locales/en/console/frame.json');
    readonly invitations: typeof import('./locales/en/console/invitations.json');
    readonly keys: typeof import('./locales/en/console/keys.json');
    readonly overview: typeof import('./locales/en/console/overview.json');
    readonly registration: typeof import('./locales/en/console/registration.json');
    readonly trial: typeof import('./locales/en/console/trial.json');
    readonly undelivered: typeof import('./locales/en/console/undelivered.json');
  };
};

/** The messages of one language: a string for each message without arguments, else a `Message`. */
export type Messages = Typed<Catalogue, ''>;

type Typed<Source, Path extends string> = {
  readonly [Key in keyof Source & string]: Source[Key] extends string
    ? Leaf<`${Path}${Key}`>
    : Typed<Source[Key], `${Path}${Key}.`>;
};
type Leaf<Path extends string> = Path extends keyof Arguments ? Message<Arguments[Path]> : string;

/** A message with arguments on the server. `fill` and `strong` of text.ts format it. */
export type Message<Values> = {
  /** @throws Error when a value is missing. @returns plain text */
  readonly format: (values: Values) => string;
  /** The same text in pieces. */
  readonly pieces: (values: Values) => readonly Piece[];
  /** What `JSON.stringify` writes into a page for its script. */
  readonly toJSON: () => Part[];
};

/** A message with or without arguments, for code that chooses one of several messages. */
export type Text<Values> = string | Message<Values>;

/** A part of a formatted message. `isValue`: the text is an inserted string value. */
export type Piece = { readonly text: string; readonly isValue: boolean };

/** A part of a parsed message for browser scripts. `count` stands for the number of the enclosing plural. */
export type Part =
  | string
  | { readonly value: string }
  | { readonly count: true }
  | { readonly plural: string; readonly cases: Cases }
  | { readonly select: string; readonly cases: Cases };
/** Keys are plural categories (CLDR), exact numbers such as `=0`, or the keys of a select. */
export type Cases = Readonly<Record<string, readonly Part[]>>;

/** The type of messages after their transfer as JSON from the server to a browser script. */
export type Shipped<Words> =
  Words extends Message<infer Values>
    ? ShippedMessage<Values>
    : Words extends string
      ? Words
      : { readonly [Key in keyof Words]: Shipped<Words[Key]> };

/** A parsed message in a browser. `takes` exists only for the type checker and never at run time. */
export type ShippedMessage<Values> = readonly Part[] & { readonly takes?: (values: Values) => void };
