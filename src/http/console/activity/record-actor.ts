// Who did what a record says, in words. An id is looked up among those of its kind only. Clients may choose
// their ids, and must not pass for an account or for the command line by one (security.md H5).
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { Messages } from '../../../i18n/messages.ts';
import { fill } from '../../../i18n/text.ts';

/**
 * Names by id: of accounts their usernames, which are unique; of clients the names that they are shown by.
 */
export type RecordNames = {
  readonly accounts: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, string>;
};

type Words = Messages['console']['activity'];
type Table = Readonly<Record<string, string | undefined>>;

/**
 * The kind of `by` in records of links, which say by which way the link was made. A record of an earlier
 * release has a username there.
 */
const kindsOfWays: Table = {
  api: 'client',
  console: 'name',
  command_line: 'word',
  start: 'word',
  mail: 'word',
  recovery_code: 'word',
};

/** The kind of `by`. Null where it is a word of ours, such as `owner`, or where the record does not say. */
export function actorKindOf({ event, facts }: AuditRecord): string | null {
  if (typeof facts.by !== 'string') return null;
  if (typeof facts.by_kind === 'string') return facts.by_kind;
  return event.startsWith('link.') ? (kindsOfWays[String(facts.way)] ?? null) : null;
}

/** The actor of a record that has `by`. */
export function actorByKind({ actors, values, byClient }: Words, record: AuditRecord, names: RecordNames): string {
  const by = String(record.facts.by);
  const kind = actorKindOf(record);
  if (kind === 'name') return by;
  if (kind === 'account') return names.accounts.get(by) ?? by;
  if (kind === 'client') return fill(byClient, { name: names.clients.get(by) ?? by });
  return (actors as Table)[by] ?? (values as Table)[by] ?? by;
}

/** The actor of a record without `by`: the account or client that it is about. */
export function actorOfRecord(words: Words, { accountId, clientId }: AuditRecord, names: RecordNames): string {
  if (accountId !== null) return names.accounts.get(accountId) ?? accountId;
  if (clientId === null) return words.somebody;
  return fill(words.byClient, { name: names.clients.get(clientId) ?? clientId });
}
