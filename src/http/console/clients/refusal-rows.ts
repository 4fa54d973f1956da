// The recent refusals of a client, as its page lists them: what was refused, what was received, and what to
// change. Pure.
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import { type Locale, messagesOf } from '../../../i18n/locale.ts';
import { timeAgo } from '../../../i18n/text.ts';
import { describeInWords, type ShownFact } from '../activity/record-words.ts';

export type Advice = keyof (typeof messagesOf)['en']['console']['clients']['refusals']['advice'];

/** A line of the list: one mistake, however often it was made. */
export type RefusalRow = {
  /** The event, in words. */
  readonly what: string;
  readonly when: string;
  /** How often it was made among the records that were read. */
  readonly times: number;
  readonly facts: readonly ShownFact[];
  readonly advice: string;
};

export type RecentRefusals = { readonly rows: readonly RefusalRow[]; readonly onlyCounted: number };

/** How many different mistakes are listed. */
const maxShown = 10;

/** Advice by the reason of a refused code or token. */
const adviceOfReason: Readonly<Record<string, Advice>> = {
  expired: 'expired',
  used: 'used',
  no_verifier: 'pkce',
  wrong_verifier: 'verifier',
  wrong_redirect_uri: 'sameRedirectUri',
  other_client: 'otherClient',
  revoked: 'signInAgain',
  account_unavailable: 'signInAgain',
  unknown: 'used',
  hint_invalid: 'hint',
  return_address_unregistered: 'returnAddress',
};
/** Advice by error code. */
const adviceOfError: Readonly<Record<string, Advice>> = {
  invalid_redirect_uri: 'redirectUri',
  invalid_scope: 'scope',
  invalid_target: 'resource',
  unsupported_grant_type: 'grantType',
  unsupported_response_type: 'responseType',
};

/** What to change, by the facts of a refusal. */
export function adviceOf({ facts }: Pick<AuditRecord, 'facts'>): Advice {
  const text = `${facts.description ?? ''} ${facts.detail ?? ''}`;
  const ofReason = adviceOfReason[String(facts.reason)];
  if (ofReason) return ofReason;
  if (facts.error === 'invalid_client') return /secret/.test(text) ? 'secret' : 'authMethod';
  if (/\bredirect_uri\b/.test(text) && facts.redirect_uri === undefined) return 'noRedirectUri';
  if (/PKCE|code_challenge/.test(text)) return 'pkce';
  if (/grant type is not allowed/.test(text)) return 'grantType';
  return adviceOfError[String(facts.error)] ?? 'other';
}

/** @param records newest first. The same mistake is listed once, as it was made last. */
export function recentRefusals(
  { records, onlyCounted }: { readonly records: readonly AuditRecord[]; readonly onlyCounted: number },
  locale: Locale,
  now: number,
): RecentRefusals {
  const all = messagesOf[locale];
  const names = { accounts: new Map<string, string>(), clients: new Map<string, string>() };
  const groups = Map.groupBy(records, mistakeOf);
  const rows = [...groups.values()].slice(0, maxShown).flatMap((group) => {
    const [latest] = group;
    if (!latest) return [];
    const { event, facts } = describeInWords(all, { ...latest, clientId: null }, names);
    const advice = all.console.clients.refusals.advice[adviceOf(latest)];
    return { what: event, when: timeAgo(locale, latest.at, now), times: group.length, facts, advice };
  });
  return { rows, onlyCounted };
}

/** What makes two refusals the same mistake: everything but when and by which request. */
function mistakeOf({ event, facts: { request_id: _id, ...facts } }: AuditRecord): string {
  return JSON.stringify([event, facts]);
}
