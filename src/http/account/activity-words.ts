// An audit record as one plain sentence for the account's owner: what they did, or what others did to their
// account. Pure.
// There is none for steps of something that has a sentence already, and for what does not concern the owner.
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import { agentInWords } from '../../i18n/agents.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import type { Messages, Text } from '../../i18n/messages.ts';
import { plainText } from '../../plain-text.ts';

type Words = Messages['account']['activity'];
type Table = Readonly<Record<string, string | undefined>>;
/** What stands out in a sentence. A sentence takes some of these. */
type Values = Readonly<Record<'client' | 'browser' | 'name' | 'method' | 'reason' | 'what', string>>;
type Sentences = Readonly<Record<string, Text<Values> | undefined>>;
export type Sentence = { readonly says: Text<Values>; readonly values: Values };

const maxName = 60;

/**
 * @param nameOf the name of a client, by its id
 * @returns null when the record has no sentence
 */
export function describeForOwner(record: AuditRecord, nameOf: (id: string) => string, locale: Locale): Sentence | null {
  const all = messagesOf[locale];
  const words = all.account.activity;
  const says = sentenceOf(words, record);
  if (says === null) return null;
  const { facts } = record;
  const client = record.clientId ?? (typeof facts.client === 'string' ? facts.client : null);
  return {
    says,
    values: {
      client: client === null ? words.someClient : nameOf(client),
      browser: browserOf(all, facts),
      name: plainText(String(facts.name ?? ''), maxName) || '–',
      method: (words.methods as Table)[String(facts.method)] ?? words.methods.other,
      reason: reasonOf(all, facts),
      what: whatOf(words, facts, locale),
    },
  };
}

/**
 * Picks the sentence: a special one for screens, for who ended it, or for what was changed; else the event's
 * own.
 */
function sentenceOf(words: Words, { event, facts, accountId }: AuditRecord): Text<Values> | null {
  const isScreen = facts.kind === 'device';
  if (isScreen && event === 'approval.ended' && facts.by === 'administrator') return words.screenEndedByAdministrator;
  const own = (isScreen && (words.ofScreen as Sentences)[event]) || ((words.says as Sentences)[event] ?? null);
  if (event === 'device.removed') return (words.deviceRemoved as Sentences)[String(facts.reason)] ?? own;
  if (event === 'approval.ended' && !isScreen) return (words.endedBy as Sentences)[String(facts.by)] ?? own;
  if (event !== 'account.changed') return own;
  const special = (words.changes as Sentences)[String(facts.fields)];
  if (special !== undefined) return special;
  return facts.by === accountId ? own : words.changedByOther;
}

/** "Firefox on Linux", or the name of a screen. */
function browserOf({ account, screen }: Messages, { browser, system, kind }: AuditRecord['facts']): string {
  if (browser === undefined) return kind === 'device' ? screen.some : account.activity.someBrowser;
  const agent = { name: plainText(String(browser), maxName), system: plainText(String(system ?? ''), maxName) };
  return agentInWords(account.activity.browserOn, agent, screen.some);
}

/** The title of the refusal. */
function reasonOf({ refusals }: Messages, { reason }: AuditRecord['facts']): string {
  const titles = refusals as Readonly<Record<string, { readonly title: string } | undefined>>;
  return titles[String(reason)]?.title ?? plainText(String(reason ?? ''), maxName);
}

/** The changed fields, as a list in words. */
function whatOf(words: Words, { fields }: AuditRecord['facts'], locale: Locale): string {
  const names = String(fields ?? '').split(' ');
  return new Intl.ListFormat(locale).format(names.map((name) => (words.fields as Table)[name] ?? plainText(name, 40)));
}
