// What the completion scripts are generated from: words that can follow each other, and values of options.

/** What can follow after some words of a command. */
export type Step = {
  /** The words so far, such as `client secret`. '' at the start. */
  readonly words: string;
  /** Words, options and choices that can follow, with a sentence each. */
  readonly next: readonly { readonly word: string; readonly sentence: string }[];
};

/** An option that takes a value. */
export type ValueOption = {
  readonly flag: string;
  /** Fixed values; `file` for a path; null when the value cannot be completed. */
  readonly values: readonly string[] | 'file' | null;
};

/** All that a script has to know. */
export type CompletionModel = { readonly steps: readonly Step[]; readonly options: readonly ValueOption[] };
