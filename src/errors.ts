// The error type with a stable code. What a code means over HTTP (status, sentence) is defined in
// http/kit/refusals.ts.

/** Facts that help the caller and may be shown. */
export type ErrorFacts = {
  /** Seconds to wait. */
  readonly retryAfterSeconds?: number;
  /** Remaining attempts. */
  readonly triesLeft?: number;
  /** Epoch seconds here. */
  readonly serverTime?: number;
};

/** An expected refusal. `code` is a public interface: its meaning never changes. */
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
