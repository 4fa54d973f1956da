// What is wrong with the provider as it runs, and would be found out by people who cannot sign in. Pure: from facts to warnings; the words,
// each with its fix, are in messages/console. That the store cannot be reached is no warning: then there is no page to show it on.
import { isIP } from 'node:net';

export type KeyFact = { readonly alg: string; readonly state: string; readonly signsFrom: number };

/** A database file of places that is not in use as it stands. */
export type PlaceProblem = {
  readonly path: string;
  readonly state: 'good' | 'missing' | 'damaged';
  readonly reason: string | null;
};

export type Facts = {
  readonly now: number;
  readonly issuer: string;
  readonly environment: 'development' | 'production';
  /** As this page was asked for; null where a proxy says nothing about it. */
  readonly asked: { readonly host: string | null; readonly scheme: string | null };
  /** Somebody forwards requests whom `http.trusted_proxies` does not name. */
  readonly isProxyUnknown: boolean;
  readonly keys: readonly KeyFact[];
  readonly rotationSeconds: number;
  /** By the database server's clock; null where there is none. */
  readonly storeTime: number | null;
  readonly logoutsGivenUp: number;
  readonly placeProblems: readonly PlaceProblem[];
  readonly isMailOn: boolean;
  /** Messages that failed at least once and are not there yet, or never will be. */
  readonly undelivered: number;
  /** Enabled ones, counted as far as two. */
  readonly administrators: number;
  /** Of whoever looks. */
  readonly hasPasskey: boolean;
};

export type WarningCode =
  | 'issuer_host'
  | 'issuer_scheme'
  | 'proxy_unknown'
  | 'development_public'
  | 'keys_overdue'
  | 'keys_due'
  | 'clock_off'
  | 'logouts_given_up'
  | 'place_missing'
  | 'place_damaged'
  | 'mail_off'
  | 'mails_undelivered'
  | 'one_administrator'
  | 'no_passkey';
export type Warning = {
  readonly code: WarningCode;
  /** note: nothing is wrong, but somebody may have to act. */
  readonly weight: 'warning' | 'note';
  /** What the words are filled in with; `at` is an instant. */
  readonly facts: Readonly<Record<string, string | number>>;
};

/** A key is announced a day before it signs; nodes look every few seconds, so an hour late is nobody looking. */
const lateSeconds = 3600;
/** Redis tells whole seconds, and the question takes a moment. */
const clockToleranceSeconds = 5;

export function warningsOf(facts: Facts): Warning[] {
  return [
    ...issuerWarnings(facts),
    ...clockWarnings(facts),
    ...keyWarnings(facts),
    ...(facts.logoutsGivenUp > 0 ? [warning('logouts_given_up', { count: facts.logoutsGivenUp })] : []),
    ...facts.placeProblems.map(placeWarning),
    ...(facts.isMailOn ? [] : [{ code: 'mail_off', weight: 'note', facts: {} } as const]),
    ...(facts.undelivered > 0 ? [warning('mails_undelivered', { count: facts.undelivered })] : []),
    ...(facts.administrators === 1 ? [warning('one_administrator', {})] : []),
    ...(facts.hasPasskey ? [] : [{ code: 'no_passkey', weight: 'note', facts: {} } as const]),
  ];
}

function issuerWarnings({ issuer, environment, asked, isProxyUnknown }: Facts): Warning[] {
  const { host, hostname, protocol } = new URL(issuer);
  const scheme = protocol.slice(0, -1);
  return [
    ...(asked.host !== null && asked.host !== host ? [warning('issuer_host', { issuer, host: asked.host })] : []),
    ...(asked.scheme !== null && asked.scheme !== scheme
      ? [warning('issuer_scheme', { issuer, scheme: asked.scheme })]
      : []),
    ...(isProxyUnknown ? [warning('proxy_unknown', {})] : []),
    ...(environment === 'development' && isPublic(hostname) ? [warning('development_public', { issuer })] : []),
  ];
}

function clockWarnings({ now, storeTime }: Facts): Warning[] {
  const seconds = storeTime === null ? 0 : Math.abs(now - storeTime);
  return seconds > clockToleranceSeconds ? [warning('clock_off', { seconds })] : [];
}

function keyWarnings({ keys, now, rotationSeconds }: Facts): Warning[] {
  const current = keys.filter(({ state }) => state === 'current');
  const overdue = current.filter(
    ({ alg, signsFrom }) =>
      now > signsFrom + rotationSeconds + lateSeconds && !keys.some((key) => key.alg === alg && key.state === 'next'),
  );
  const next = keys.filter(({ state }) => state === 'next').map(({ signsFrom }) => signsFrom);
  return [
    ...(overdue.length > 0 ? [warning('keys_overdue', { algorithms: overdue.map(({ alg }) => alg).join(', ') })] : []),
    ...(next.length > 0 ? [{ code: 'keys_due', weight: 'note', facts: { at: Math.min(...next) } } as const] : []),
  ];
}

const placeWarning = ({ path, state, reason }: PlaceProblem): Warning =>
  warning(state === 'missing' ? 'place_missing' : 'place_damaged', { path, reason: reason ?? '' });

const warning = (code: WarningCode, facts: Warning['facts']): Warning => ({ code, weight: 'warning', facts });

/** Whether anybody but people of this machine or this network could reach it under this name. */
function isPublic(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0)
    return /\.(?!localhost$|local$|lan$|internal$|home\.arpa$|test$)[^.]+$/.test(hostname);
  return !/^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[(::1|f[cde]))/.test(hostname);
}
