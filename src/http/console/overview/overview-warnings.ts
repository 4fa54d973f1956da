// What is wrong with the running provider, before people find out by not being able to sign in. Pure: from
// facts to warnings. The words, each with its fix, are in i18n.
// An unreachable store is no warning, since then no page can be shown.
import { isIP } from 'node:net';

export type KeyFact = { readonly alg: string; readonly state: string; readonly signsFrom: number };

/** A place file that cannot be used. */
export type PlaceProblem = {
  readonly path: string;
  readonly state: 'good' | 'missing' | 'damaged';
  readonly reason: string | null;
};

/** Everything that the warnings depend on. Instants are epoch seconds. */
export type Facts = {
  readonly now: number;
  readonly issuer: string;
  readonly environment: 'development' | 'production';
  /** How this page was asked for; null where no proxy reports it. */
  readonly asked: { readonly host: string | null; readonly scheme: string | null };
  /** Whether a proxy forwards requests that `http.trusted_proxies` does not list. */
  readonly isProxyUnknown: boolean;
  readonly keys: readonly KeyFact[];
  readonly rotationSeconds: number;
  /** The database server's clock; null where there is no server. */
  readonly storeTime: number | null;
  readonly logoutsGivenUp: number;
  readonly placeProblems: readonly PlaceProblem[];
  readonly isMailOn: boolean;
  /** Mails that failed at least once and are not delivered. */
  readonly undelivered: number;
  /** The enabled ones, counted up to two. */
  readonly administrators: number;
  /** Whether the visitor has one. */
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
  /** `note`: nothing is wrong, but somebody may have to act. */
  readonly weight: 'warning' | 'note';
  /** What the words are filled in with. `at` is an instant. */
  readonly facts: Readonly<Record<string, string | number>>;
};

/**
 * A key is announced a day before it signs, and nodes look every few seconds. An hour late means that no node
 * looks.
 */
const lateSeconds = 3600;
/** Redis tells whole seconds, and the question takes a moment. */
const clockToleranceSeconds = 5;

/** The warnings, in the order in which they are shown. */
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

/** The issuer does not match how the page was asked for, or a development set-up is public. */
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

/** This machine and the database server disagree about the time. */
function clockWarnings({ now, storeTime }: Facts): Warning[] {
  const seconds = storeTime === null ? 0 : Math.abs(now - storeTime);
  return seconds > clockToleranceSeconds ? [warning('clock_off', { seconds })] : [];
}

/** A rotation is overdue, or a key is about to sign. */
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

/** Whether a host name can be reached from other networks than this one. */
function isPublic(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0)
    return /\.(?!localhost$|local$|lan$|internal$|home\.arpa$|test$)[^.]+$/.test(hostname);
  return !/^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[(::1|f[cde]))/.test(hostname);
}
