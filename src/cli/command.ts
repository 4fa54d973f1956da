// What a command is: one row with its name, its sentence, its options, examples and the function that
// runs it. Rows load nothing when they are read. `run` imports what it needs, so that `tessera --help`
// stays fast. parse-command.ts turns the words of a shell into the values of a row; run-command-line.ts
// runs the row.
import type { Clock } from '../clock.ts';
import type { Output } from './output.ts';

/**
 * An option of a command. `Value` is the type that `run` receives for it.
 * `flag` takes no value; `list` may stand several times; a value of `id` may begin with a dash.
 */
export type CommandOption<Name extends string = string, Value = unknown> = {
  readonly name: Name;
  readonly kind: 'flag' | 'text' | 'list' | 'id';
  /** What stands for the value in the help, such as FILE. '' for a flag. */
  readonly placeholder: string;
  readonly sentence: string;
  readonly isRequired?: boolean;
  /** Accepted but not shown: the command refuses it with a sentence of its own. */
  readonly isHidden?: boolean;
  /** The values that shell completion offers. */
  readonly choices?: readonly string[];
  /** Never set; carries the type of the value. */
  readonly type?: Value;
};

/** An option without a value. `false` when it is absent. */
export const flag = <const Name extends string>(name: Name, sentence: string): CommandOption<Name, boolean> => ({
  name,
  kind: 'flag',
  placeholder: '',
  sentence,
});

/** An option with a value. `undefined` when it is absent. */
export const text = <const Name extends string>(
  name: Name,
  placeholder: string,
  sentence: string,
): CommandOption<Name, string | undefined> => ({ name, kind: 'text', placeholder, sentence });

/** As `text`, for an id. Ids are base64url, so one id of 64 begins with a dash. */
export const id = <const Name extends string>(
  name: Name,
  placeholder: string,
  sentence: string,
): CommandOption<Name, string | undefined> => ({ name, kind: 'id', placeholder, sentence });

/** An option that may stand several times. `undefined` when it is absent. */
export const list = <const Name extends string>(
  name: Name,
  placeholder: string,
  sentence: string,
): CommandOption<Name, string[] | undefined> => ({ name, kind: 'list', placeholder, sentence });

/** The same option, without which the command is refused. An empty value counts as missing. */
export const required = <Name extends string>(
  option: CommandOption<Name, string | undefined>,
): CommandOption<Name, string> => ({ ...option, isRequired: true }) as CommandOption<Name, string>;

/** The values of a row's options by their names, as `run` receives them. */
export type ValuesOf<Options extends readonly CommandOption[]> = {
  readonly [Each in Options[number] as Each['name']]: Each extends CommandOption<string, infer Value> ? Value : never;
} & {
  /** What stands on the line for the row's `argument`. */
  readonly words: readonly string[];
};

/** What surrounds a command: the environment, and the terminal if there is one. */
export type Context = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** The provider elsewhere that the command is for. Null: the store of this machine. */
  readonly issuer: string | null;
  /** All commands, for those that describe them. */
  readonly commands: readonly Command[];
  /** True when a person reads the output at a terminal. */
  readonly isTerminal: boolean;
  /** Writes to standard output. Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /**
   * Asks whether `loss` may happen. Returns at once when the command was given --yes.
   * @throws ConfirmationError `confirmation_required` without a terminal, `not_confirmed` when the answer
   * is no
   */
  readonly confirm: (loss: string) => Promise<void>;
};

/**
 * Where a command works. `anywhere`: without a store. `machine`: beside the provider's store only.
 * `either`: beside the store, or at a provider elsewhere with --issuer or TESSERA_REMOTE.
 */
export type Place = 'anywhere' | 'machine' | 'either';

export type Row<Options extends readonly CommandOption[]> = {
  /** One to three words, the noun first. */
  readonly name: string;
  /** What the command does, in one sentence. */
  readonly sentence: string;
  /** More of the help: whole sentences. */
  readonly details?: string;
  /** Words that are no options. Absent: the command takes none. */
  readonly argument?: {
    readonly name: string;
    readonly sentence: string;
    readonly isRequired: boolean;
    readonly isVariadic: boolean;
    readonly choices?: readonly string[];
  };
  readonly options: Options;
  /** Lines that work as they are, without the prefix that starts the command. */
  readonly examples: readonly string[];
  readonly place: Place;
  /**
   * True when these values destroy something for good. Such a command is refused without a terminal and
   * without --yes before anything is opened. What exactly is lost is said by `run`, which calls
   * `context.confirm`.
   */
  readonly destroys?: (values: ValuesOf<Options>) => boolean;
  /** @returns what is printed; undefined when the command printed it itself */
  readonly run: (values: ValuesOf<Options>, context: Context) => Promise<Output | undefined>;
};

/** Values of any row. */
export type Values = Readonly<Record<string, unknown>> & { readonly words: readonly string[] };

/** A row whose options are no longer in its type. */
export type Command = Omit<Row<readonly CommandOption[]>, 'run' | 'destroys'> & {
  readonly destroys?: (values: Values) => boolean;
  readonly run: (values: Values, context: Context) => Promise<Output | undefined>;
};

/**
 * Checks a row against the types of its options. The cast only forgets them: the parser gives `run` exactly
 * the values that the row declares.
 */
export const defineCommand = <const Options extends readonly CommandOption[]>(row: Row<Options>): Command =>
  row as unknown as Command;
