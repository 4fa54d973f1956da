// Structured logs (pino). A log line never carries a secret: headers and fields that may are removed, and paths lose the parts that
// work as credentials (security.md H4).
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const secretFields = [
  'authorization',
  'cookie',
  'dpop',
  'password',
  'code',
  'token',
  'secret',
  'handle',
  'code_verifier',
];

export type LogSettings = { readonly log: { readonly level: string }; readonly destination?: DestinationStream };

export function createLog({ log, destination }: LogSettings): Log {
  const options = {
    level: log.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[removed]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The path without query, and without what is secret in it: frames, handles, interaction uids. */
export function loggablePath(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path
    .replace(/^\/q\/.+/, '/q/:frame')
    .replace(/^\/interaction\/[^/]+/, '/interaction/:uid')
    .replace(/^\/auth\/[^/]+/, '/auth/:uid')
    .replace(/^\/phone\/v1\/tickets\/[^/]+/, '/phone/v1/tickets/:handle')
    .slice(0, 200);
}
