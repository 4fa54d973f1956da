// The filters of the console's audit log: what was typed, what it means, and the events in groups.
import { type AuditEvent, auditEvents } from '../../../core/audit/audit-record.ts';
import { type AuditQuery, isRefusal } from '../../../core/audit/audit-store.ts';
import type { Messages } from '../../../i18n/messages.ts';

/** The filters as they were typed; empty where nothing was. */
export type ActivityFilters = {
  readonly account: string;
  readonly client: string;
  readonly event: string;
  readonly ticket: string;
  readonly from: string;
  readonly to: string;
};

type Words = Messages['console']['activity'];
/** Why the filters cannot be used; a key of the page's words. */
export type FilterProblem = 'wrongEvent' | 'wrongTime';

const names = ['account', 'client', 'event', 'ticket', 'from', 'to'] as const;

/** Reads the filters from a query. Repeated parameters are ignored, long ones cut. */
export function readFilters(query: Readonly<Record<string, unknown>>): ActivityFilters {
  const typed = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, 200) : '';
  };
  const [account, client, event, ticket, from, to] = names.map(typed);
  return {
    account: account ?? '',
    client: client ?? '',
    event: event ?? '',
    ticket: ticket ?? '',
    from: from ?? '',
    to: to ?? '',
  };
}

/** The query of an address: the filters that are set. */
export function writeFilters(filters: ActivityFilters): URLSearchParams {
  return new URLSearchParams(
    names.flatMap((name): [string, string][] => (filters[name] === '' ? [] : [[name, filters[name]]])),
  );
}

/**
 * The query of the audit log, but for the account, which has to be looked up. @returns a problem when a
 * filter means nothing
 */
export function meaningOf(filters: ActivityFilters): Omit<AuditQuery, 'limit'> | FilterProblem {
  const event = auditEvents.find((each) => each === filters.event);
  if (filters.event !== '' && !event) return 'wrongEvent';
  const [from, to] = [instantOf(filters.from), instantOf(filters.to)];
  if (from === null || to === null) return 'wrongTime';
  // A minute is meant up to its last second.
  const end = to === undefined || /:\d\d:\d\d$/.test(filters.to) ? to : to + 59;
  return { clientId: filters.client || undefined, ticketId: filters.ticket || undefined, event, from, to: end };
}

/**
 * Parses the value of `<input type="datetime-local">` as UTC, since the server does not know the reader's
 * time zone.
 * @returns epoch seconds, undefined for an empty text, null for one that is no instant
 */
function instantOf(text: string): number | undefined | null {
  if (text === '') return undefined;
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

type Group = keyof Words['groups'];

/** The group of an event, by the part of its name before the dot. */
const groupOfPrefix: Readonly<Record<string, Group>> = {
  ticket: 'signIns',
  sign_in: 'signIns',
  link: 'people',
  passkey: 'people',
  recovery_codes: 'people',
  recovery_code: 'people',
  code: 'signIns',
  refresh_token: 'signIns',
  session: 'signIns',
  approval: 'signIns',
  logout: 'signIns',
  account: 'people',
  device: 'people',
  client: 'clients',
  registration_token: 'clients',
  key: 'keys',
};

export type EventGroup = {
  readonly name: string;
  readonly events: readonly { readonly id: AuditEvent; readonly name: string }[];
};

/** All events by group, in the order of the words. No group is empty. */
export function groupedEvents(words: Words): EventGroup[] {
  const nameOf = (event: AuditEvent): string =>
    (words.events as Readonly<Record<string, { readonly name: string } | undefined>>)[event]?.name ?? event;
  const groupOf = (event: AuditEvent): Group =>
    isRefusal(event) ? 'refusals' : (groupOfPrefix[event.split('.')[0] ?? ''] ?? 'other');
  return (Object.keys(words.groups) as Group[])
    .map((group) => ({
      name: words.groups[group],
      events: auditEvents.filter((event) => groupOf(event) === group).map((id) => ({ id, name: nameOf(id) })),
    }))
    .filter(({ events }) => events.length > 0);
}
