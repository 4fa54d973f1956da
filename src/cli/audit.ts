// What `tessera audit` does: prints the audit trail, newest first, as lines or as JSON Lines.
import type { Audit } from '../core/audit/audit.ts';
import { describeRecord } from '../core/audit/audit-lines.ts';
import { type AuditEvent, type AuditRecord, auditEvents } from '../core/audit/audit-record.ts';
import { countOf } from './input.ts';
import { isoOf } from './output.ts';
import { UsageError } from './usage-error.ts';

type Values = {
  readonly json: boolean;
  readonly account?: string | undefined;
  readonly client?: string | undefined;
  readonly ticket?: string | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly all: boolean;
};

/** The trail of this machine's store, or of a provider elsewhere (remote/system.ts). */
export type TrailDesk = Pick<Audit, 'query'>;

/** What `showAudit` reads and writes with. */
export type AuditCommandDeps = {
  readonly accounts: { getByUsername(username: string): Promise<{ readonly id: string }> };
  readonly audit: TrailDesk;
  /** Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** True: columns are aligned below headers. */
  readonly isTerminal: boolean;
};

/** Records without --limit and --all. */
const defaultLimit = 50;
/** Records that are read at once. */
const pageSize = 500;

/** Writes one page of lines at a time, so that a long trail needs little memory. */
export async function showAudit(
  { accounts, audit, write, isTerminal }: AuditCommandDeps,
  values: Values,
): Promise<void> {
  let left = limitOf(values);
  const sought = {
    clientId: values.client,
    ticketId: values.ticket,
    event: eventOf(values.event),
    from: instantOf('--from', values.from),
    to: instantOf('--to', values.to),
    accountId: values.account === undefined ? undefined : (await accounts.getByUsername(values.account)).id,
  };
  const show = values.json
    ? (record: AuditRecord) => JSON.stringify(describeRecord(record))
    : (record: AuditRecord) => line(cellsOf(record), isTerminal);
  if (isTerminal && !values.json) await write(`${line(['TIME', 'EVENT', 'DETAILS'], true)}\n`);
  for (let after: string | undefined; left > 0; ) {
    const page = await audit.query({ ...sought, after, limit: Math.min(pageSize, left) });
    await write(page.records.map((record) => `${show(record)}\n`).join(''));
    if (page.cursor === null) break;
    left -= page.records.length;
    after = page.cursor;
  }
}

/** @throws UsageError */
function limitOf({ limit: text, all }: Values): number {
  if (all && text !== undefined) throw new UsageError('--all and --limit do not go together.');
  if (all) return Number.POSITIVE_INFINITY;
  return text === undefined ? defaultLimit : countOf(text, '--limit');
}

/** @throws UsageError with all events when there is no such one */
function eventOf(text: string | undefined): AuditEvent | undefined {
  const event = auditEvents.find((each) => each === text);
  if (text !== undefined && !event)
    throw new UsageError(`There is no event “${text}”; there are ${auditEvents.join(', ')}.`);
  return event;
}

/**
 * Parses epoch seconds or an ISO 8601 date. A time without a zone is in UTC, so that a script means the
 * same everywhere.
 */
function instantOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const isDated = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  const hasZone = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isDated ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new UsageError(`${option} must be a time such as 2026-01-31 or 2026-01-31T12:00Z.`);
  return Math.floor(ms / 1000);
}

/** Wide enough for the time, and for every event. */
const widths = [isoOf(0).length, Math.max(...auditEvents.map((event) => event.length))];

/** Tabs between cells for programs; aligned columns on a terminal. */
function line(cells: readonly string[], isTerminal: boolean): string {
  const plainCells = cells.map((cell) => cell.replaceAll('\n', '?'));
  if (!isTerminal) return plainCells.join('\t');
  return plainCells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('  ')
    .trimEnd();
}

/** The time, the event, and what is known of it as `name=value`. */
function cellsOf(record: AuditRecord): string[] {
  const named = (name: string, id: string | null) => (id === null ? [] : [`${name}=${id}`]);
  return [
    isoOf(record.at),
    record.event,
    ...named('account', record.accountId),
    ...named('client', record.clientId),
    ...named('device', record.deviceId),
    ...named('ticket', record.ticketId),
    ...named('address', record.address),
    ...Object.entries(record.facts).map(([name, value]) => `${name}=${String(value)}`),
  ];
}
