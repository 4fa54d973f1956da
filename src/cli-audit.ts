// `tessera audit`: what happened, newest first, as lines for people or as JSON Lines for programs.
import type { Accounts } from './account/accounts.ts';
import { type Audit, type AuditEvent, type AuditRecord, auditEvents } from './audit/audit.ts';
import { UsageError } from './cli-input.ts';

type Values = {
  readonly json: boolean;
  readonly account?: string | undefined;
  readonly client?: string | undefined;
  readonly ticket?: string | undefined;
  readonly event?: string | undefined;
  readonly limit?: string | undefined;
};

const defaultLimit = 50;
const pageSize = 500;

/** @returns what is printed */
export async function showAudit(
  { accounts, audit }: { accounts: Accounts; audit: Audit },
  values: Values,
): Promise<string> {
  const limit = limitOf(values.limit);
  const account = values.account === undefined ? undefined : await accounts.getByUsername(values.account);
  const sought = {
    accountId: account?.id,
    clientId: values.client,
    ticketId: values.ticket,
    event: eventOf(values.event),
  };
  const found: AuditRecord[] = [];
  for (let after: string | undefined; found.length < limit; ) {
    const page = await audit.query({ ...sought, after, limit: Math.min(pageSize, limit - found.length) });
    found.push(...page.records);
    if (page.cursor === null) break;
    after = page.cursor;
  }
  return found.map(values.json ? (record) => JSON.stringify(toJson(record)) : line).join('\n');
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? defaultLimit : Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new UsageError('--limit is a number from 1.');
  return limit;
}

function eventOf(text: string | undefined): AuditEvent | undefined {
  const event = auditEvents.find((each) => each === text);
  if (text !== undefined && !event)
    throw new UsageError(`There is no event “${text}”; there are ${auditEvents.join(', ')}.`);
  return event;
}

function line(record: AuditRecord): string {
  const named = (name: string, id: string | null) => (id === null ? [] : [`${name}=${id}`]);
  return [
    new Date(record.at * 1000).toISOString(),
    record.event,
    ...named('account', record.accountId),
    ...named('client', record.clientId),
    ...named('device', record.deviceId),
    ...named('ticket', record.ticketId),
    ...named('address', record.address),
    ...Object.entries(record.facts).map(([name, value]) => `${name}=${String(value)}`),
  ]
    .join('\t')
    .replaceAll('\n', '?');
}

const toJson = (record: AuditRecord) => ({
  at: record.at,
  event: record.event,
  ticket_id: record.ticketId,
  correlation_id: record.correlationId,
  account_id: record.accountId,
  client_id: record.clientId,
  device_id: record.deviceId,
  address: record.address,
  facts: record.facts,
});
