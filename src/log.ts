// Structured logs (pino): one line of JSON per entry. No line contains a secret: fields that may hold one
// are removed at any depth, and paths lose the parts that work as credentials (security.md H4).
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

/** `destination` is standard output by default. */
export type LogSettings = { readonly log: { readonly level: string }; readonly destination?: DestinationStream };

/** Makes the logger. Everything that is logged passes the filters below. */
export function createLog({ log, destination }: LogSettings): Log {
  const options: LoggerOptions = {
    level: log.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: (fields) => withoutSecrets(fields, 0) as Record<string, unknown> },
    serializers: { err: describeError, req: describeRequest },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * Returns the path of a URL without its query and without credentials in it: frames, handles, interaction
 * uids, and every other part that is as long as one. At most 200 characters.
 */
export function loggablePath(url: string): string {
  const path = (url.split(/[?#]/, 1)[0] ?? '').replace(/^\/{2,}/, '/');
  return path
    .replace(/^\/q(\/|%2f).+/i, '/q/:frame')
    .replace(/^\/link(\/|%2f).+/i, '/link/:secret')
    .replace(/^\/interaction\/[^/]+/i, '/interaction/:uid')
    .replace(/^\/auth\/[^/]+/i, '/auth/:uid')
    .replace(/^\/phone\/v1\/tickets\/[^/]+/i, '/phone/v1/tickets/:handle')
    .replace(/(?=[\w-]*[\dA-Z])[\w-]{20,}/g, ':secret')
    .slice(0, 200);
}

const removed = '[removed]';
/** Names of fields whose values are never logged. */
const secretName =
  /^(authorization|proxy-authorization|cookie|set-cookie|dpop|frame|qr|args|body)$|password|secret|token|handle|cookie_?key|encryption_?key|(?<!status_?)code$|code_verifier/i;
/** Nesting beyond this depth is removed. */
const maxDepth = 6;

/**
 * Removes secret fields from plain objects and lists. Errors and requests have serializers of their own
 * below.
 */
function withoutSecrets(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth > maxDepth ? removed : value.map((each) => withoutSecrets(each, depth + 1));
  if (!isPlain(value)) return value;
  if (depth > maxDepth) return removed;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretName.test(name) ? removed : withoutSecrets(each, depth + 1),
    ]),
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Keeps the standard fields of an error. Others are dropped: drivers put the values of a failed command
 * there.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? removed : error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return { type: name, message, code, stack, ...(cause !== undefined && { cause: describeError(cause) }) };
}

const describeRequest = ({ method, url }: { method?: string; url?: string }) => ({
  method,
  path: loggablePath(url ?? ''),
});
