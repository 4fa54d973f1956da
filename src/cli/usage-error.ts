// A mistake in the words of a command. Exit code 2.

/**
 * The command was not run. `help` names the command whose help explains the mistake: '' is the list of
 * all.
 */
export class UsageError extends Error {
  readonly help: string | null;

  constructor(message: string, options: { cause?: unknown; help?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UsageError';
    this.help = options.help ?? null;
  }
}
