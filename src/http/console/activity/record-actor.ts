// Who did what a record tells, in words. An id is looked up among those of its kind alone: relying parties may choose theirs, and must not
// pass for an account, or for the command line, by it (security.md H5).
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { Messages } from '../../../i18n/messages.ts';
import { fill } from '../../../i18n/text.ts';

/** Names by id: of accounts their usernames, which are unique; of clients the names that they are shown by. */
export type RecordNames = {
  readonly accounts: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, string>;
};

type Words = Messages['console']['activity'];
type Table = Readonly<Record<string, string | undefined>>;

/** Of links, whose records say by which way they were made; one of a release before was made in the console by a username, which is a name already. */
const kindsOfWays: Table = {
  api: 'client',
  console: 'name',
  command_line: 'word',
  start: 'word',
  mail: 'word',
  recovery_code: 'word',
};

/** Null where nothing is said of it: such a `by` is a word of ours (`owner`), or of a release that did not say. */
export function actorKindOf({ event, facts }: AuditRecord): string | null {
  if (typeof facts.by !== 'string') return null;
  if (typeof facts.by_kind === 'string') return facts.by_kind;
  return event.startsWith('link.') ? (kindsOfWays[String(facts.way)] ?? null) : null;
}

/** Of a record with `by`. */
export function actorByKind({ actors, values, byClient }: Words, record: AuditRecord, names: RecordNames): string {
  const by = String(record.facts.by);
  const kind = actorKindOf(record);
  if (kind === 'name') return by;
  if (kind === 'account') return names.accounts.get(by) ?? by;
  if (kind === 'client') return fill(byClient, { name: names.clients.get(by) ?? by });
  return (actors as Table)[by] ?? (values as Table)[by] ?? by;
}

/** Of a record without: whoever it stands under. */
export function actorOfRecord(words: Words, { accountId, clientId }: AuditRecord, names: RecordNames): string {
  if (accountId !== null) return names.accounts.get(accountId) ?? accountId;
  if (clientId === null) return words.somebody;
  return fill(words.byClient, { name: names.clients.get(clientId) ?? clientId });
}
