// An audit record in words: one plain sentence, and its facts. Pure. What has no words, such as an event of a
// later release, is shown as it was recorded.
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import { agentInWords, nameInWords } from '../../../i18n/agents.ts';
import type { Messages, Text } from '../../../i18n/messages.ts';
import { plainText } from '../../../plain-text.ts';
import { actorByKind, actorOfRecord, type RecordNames } from './record-actor.ts';

export type ShownFact = { readonly name: string; readonly value: string };

/** What a sentence may be filled in with. */
export type RecordValues = Readonly<
  Record<'account' | 'client' | 'browser' | 'by' | 'name' | 'domain' | 'alg' | 'event', string>
>;

export type ShownRecord = {
  readonly event: string;
  /** The sentence, and what stands out in it. */
  readonly says: Text<RecordValues>;
  readonly values: RecordValues;
  /** The facts that say how it went. */
  readonly notes: readonly ShownFact[];
  readonly facts: readonly ShownFact[];
};

type Words = Messages['console']['activity'];
type Sentences = Readonly<Record<string, Text<RecordValues> | undefined>>;
type EventWords = Readonly<Record<string, { readonly name: string; readonly says: Text<RecordValues> } | undefined>>;
const tellingFacts = [
  'channel',
  'outcome',
  'risk',
  'reasons',
  'confirmation',
  'trusted',
  'triesLeft',
  'reason',
  'method',
  'error',
  'detail',
  'redirect_uri',
  'post_logout_redirect_uri',
  'client_received',
];
const isTelling = (name: string, value: unknown): boolean => tellingFacts.includes(name) && value !== '';

type Table = Readonly<Record<string, string | undefined>>;

/** Characters of a fact that are shown. */
const maxLength = 400;

/** @param names of the accounts and clients that the record speaks of */
export function describeInWords(all: Messages, record: AuditRecord, names: RecordNames): ShownRecord {
  const words = all.console.activity;
  const known = (words.events as EventWords)[record.event];
  return {
    event: known?.name ?? record.event,
    says: sentenceOf(words, record) ?? known?.says ?? words.otherEvent,
    values: valuesOf(all, record, names),
    notes: factsOf(all, record, names, isTelling),
    facts: [...factsOf(all, record, names), ...idsOf(words, record)],
  };
}

/** The sentence of a special case; undefined where the event's own sentence says it. */
function sentenceOf({ own, ofScreen, toClient }: Words, { event, clientId, facts }: AuditRecord) {
  const isByItself = clientId !== null && facts.by_kind === 'client' && facts.by === clientId;
  const special: Sentences = {
    ...(clientId !== null && toClient),
    ...(facts.kind === 'device' && ofScreen),
    ...(isByItself && own),
  };
  return special[event];
}

/** The values for every sentence, whichever it takes. */
function valuesOf(all: Messages, record: AuditRecord, names: RecordNames): RecordValues {
  const words = all.console.activity;
  const { facts } = record;
  return {
    account: nameOf(names.accounts, record.accountId) ?? words.somebody,
    client: nameOf(names.clients, record.clientId) ?? words.someClient,
    browser: browserOf(all, facts),
    by: actorOf(words, record, names),
    name: plainText(String(facts.name ?? ''), 60) || '–',
    domain: plainText(String(facts.domain ?? ''), 60) || '–',
    alg: String(facts.alg ?? '–'),
    event: record.event,
  };
}

const nameOf = (names: ReadonlyMap<string, string>, id: string | null): string | null =>
  id === null ? null : (names.get(id) ?? id);

/** "Firefox on Linux", or the name of a screen. @param unknown what a screen without a name is called */
export function browserOf(
  { console, screen }: Messages,
  { browser, system, kind }: AuditRecord['facts'],
  unknown: string = screen.some,
): string {
  const words = console.activity;
  if (browser === undefined) return kind === 'device' ? screen.some : words.someBrowser;
  const agent = { name: plainText(String(browser), 40), system: plainText(String(system ?? ''), 40) };
  return agentInWords(words.browserOn, agent, unknown);
}

/** Who did it, in words. */
const actorOf = (words: Words, record: AuditRecord, names: RecordNames): string =>
  typeof record.facts.by === 'string' ? actorByKind(words, record, names) : actorOfRecord(words, record, names);

/** The facts in words. @param isShown which of them; all by default */
function factsOf(
  all: Messages,
  record: AuditRecord,
  names: RecordNames,
  isShown: (name: string, value: unknown) => boolean = () => true,
): ShownFact[] {
  const words = all.console.activity;
  const isScreen = record.facts.kind === 'device';
  const isMeant = (name: string) => !isScreen || !ofBrowsers.includes(name);
  const facts = Object.entries(record.facts).filter(([name, value]) => isMeant(name) && isShown(name, value));
  return facts.map(([name, value]) => ({
    name: (isScreen && (words.screenFacts as Table)[name]) || ((words.facts as Table)[name] ?? name),
    value: name === 'by' ? actorByKind(words, record, names) : wordsFor(all, name, value, isScreen),
  }));
}

/** Facts that mean nothing for a screen: it has no cookie, and nothing can be typed there. */
const ofBrowsers = ['trusted', 'confirmation'];

/** The words of one fact's value. */
function wordsFor(all: Messages, name: string, value: string | number | boolean, isScreen: boolean): string {
  const { values, valuesOf: ofFact, actorKinds } = all.console.activity;
  const text = String(value);
  if (name === 'reasons') return reasonsInWords(all, text.split(' ').filter(Boolean), isScreen);
  if (name === 'by_kind') return (actorKinds as Table)[text] ?? plainText(text, maxLength);
  // The same word may mean something else in another fact.
  const own = (ofFact as Readonly<Record<string, Table>>)[name]?.[text];
  if (own !== undefined) return own;
  if (name === 'browser') return nameInWords(plainText(text, maxLength), all.screen.unknown);
  if (name === 'signs_from') return utcOf(Number(value));
  if (name === 'reason') return (values as Table)[text] ?? refusalTitle(all, text) ?? plainText(text, maxLength);
  return (values as Table)[text] ?? plainText(text, maxLength);
}

/** The reasons of a risk, as the phone says them (browser/review-facts.ts). */
function reasonsInWords({ review, screen }: Messages, reasons: readonly string[], isScreen: boolean): string {
  const words: Table = { ...review.reasons, ...(isScreen && { browser_new: '', browser_reported: screen.reported }) };
  return (
    reasons
      .map((reason) => words[reason] ?? reason)
      .filter(Boolean)
      .join(' ') || '–'
  );
}

/** The title of a refusal's code. */
const refusalTitle = ({ refusals }: Messages, code: string): string | undefined =>
  (refusals as Readonly<Record<string, { readonly title: string } | undefined>>)[code]?.title;

/** The ids of a record, as facts. */
const idsOf = ({ facts }: Words, record: AuditRecord): ShownFact[] =>
  [
    { name: facts.event, value: record.event },
    { name: facts.account, value: record.accountId },
    { name: facts.client, value: record.clientId },
    { name: facts.device, value: record.deviceId },
    { name: facts.ticket, value: record.ticketId },
  ].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));

/** "2026-01-31 12:00:00 UTC" */
export const utcOf = (at: number): string =>
  Number.isFinite(at) ? `${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC` : '–';
