// A protocol endpoint refused a request of a client: what is kept of it, so that the person who configures
// the client can see the mistake. Pure. Facts name what was received; they never contain codes, tokens,
// secrets or verifiers.
import type { RefusalEvent } from '../audit/audit-record.ts';

export type RefusalFacts = Readonly<Record<string, string | number | boolean>>;

export type Refusal = {
  readonly event: RefusalEvent;
  /** Null when the request named no client that exists. */
  readonly clientId: string | null;
  /** Published names, see docs/protocol.md section 14. */
  readonly facts: RefusalFacts;
};

/** Upper bound of every value that is kept, in characters. */
export const maxValueLength = 300;

/**
 * Facts that whoever sent the browser here knows already, because they sent them, or because RFC 6749
 * §4.1.2.1 tells them. In production the error page shows no others.
 */
const knownToSender = [
  'error',
  'description',
  'client_received',
  'redirect_uri',
  'post_logout_redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'resource',
  'prompt',
  'code_challenge_method',
];

export const factsForSender = (facts: RefusalFacts): RefusalFacts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => knownToSender.includes(name)));

/** An address without query, fragment and credentials. A text that is no address is only cut. */
export function bareAddress(text: string): string {
  const end = text.search(/[?#]/);
  const bare = end < 0 ? text : text.slice(0, end);
  return bare.replace(/^([a-z][a-z0-9+.-]*:[/\\]*)[^/\\]*@/i, '$1').slice(0, maxValueLength);
}

/** What stands in a record for a value that must not be there. */
export const removedValue = '[removed]';

/**
 * A client id as it was received. People put tokens and secrets into the wrong parameter, and records must
 * not keep those: a JWT, or 43 characters like our own secrets. No id that we make is like either.
 */
export const receivedId = (id: string): string =>
  /eyJ[\w-]+\.[\w-]/.test(id) || /^[\w-]{43}$/.test(id) ? removedValue : id;

/**
 * The registered address that is most like the received one, which is usually the one that was meant.
 * Compares common beginnings and ends, so its cost grows with the length of the texts only.
 * @returns null when nothing is registered
 */
export function nearestAddress(received: string, registered: readonly string[]): string | null {
  const likeness = (uri: string): number => {
    const shorter = Math.min(uri.length, received.length);
    let start = 0;
    while (start < shorter && uri[start] === received[start]) start++;
    let end = 0;
    while (end < shorter - start && uri.at(-1 - end) === received.at(-1 - end)) end++;
    return start + end - Math.abs(uri.length - received.length) / 2;
  };
  const [nearest] = registered.toSorted((a, b) => likeness(b) - likeness(a));
  return nearest === undefined ? null : bareAddress(nearest);
}

/** One line for the log: what was refused, whose it was, why, and every fact. */
export function refusalLine({ event, clientId, facts }: Refusal): string {
  const { error, description, ...others } = facts;
  const named = Object.entries(others).map(([name, value]) => `${name}=${inLine(value)}`);
  const whose = clientId === null ? 'an unknown client' : `client ${clientId}`;
  const why = description === undefined ? error : `${error} (${description})`;
  return [`${event.replace('.', ' ').replaceAll('_', ' ')} to ${whose}: ${why}`, ...named].join('; ');
}

/** Anybody may send a text that looks like further facts, so such a value is quoted. */
const inLine = (value: string | number | boolean): string =>
  /[;"]/.test(String(value)) ? JSON.stringify(value) : String(value);

/** Kinds of mistakes that the error page has sentences of its own for. */
export type Mistake =
  | 'redirect_uri_missing'
  | 'redirect_uri_unregistered'
  | 'client_unknown'
  | 'sign_in_ended'
  | 'other';

/** The kind of mistake that an error page explains. */
export function mistakeOf({ facts }: Pick<Refusal, 'facts'>): Mistake {
  const { error, description, redirect_uri } = facts;
  if (error === 'invalid_redirect_uri') return 'redirect_uri_unregistered';
  if (error === 'invalid_client' && facts.client_received !== undefined) return 'client_unknown';
  if (/session|request has expired/.test(String(description))) return 'sign_in_ended';
  const isMissing = redirect_uri === undefined && /\bredirect_uri\b/.test(String(description));
  return isMissing ? 'redirect_uri_missing' : 'other';
}
