// The one error type with a stable code. What a code means to a caller over HTTP (status, sentence) is http/kit/refusals.ts's business.

/** Facts that help the caller recover, safe to show: seconds to wait, tries left. */
export type ErrorFacts = { readonly retryAfterSeconds?: number; readonly triesLeft?: number };

/** An expected refusal. `code` is public interface and never changes its meaning. */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly facts: ErrorFacts;

  constructor(code: Code, message: string, options: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = options.facts ?? {};
  }
}
