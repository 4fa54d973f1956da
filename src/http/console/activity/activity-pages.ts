// The console's audit log: what happened, newest first and filtered, and all of it as JSON Lines. One sign-
// in's story is in ticket-story.ts. Nobody changes anything here.
import type { Accounts } from '../../../core/account/accounts.ts';
import type { Audit } from '../../../core/audit/audit.ts';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { AuditQuery } from '../../../core/audit/audit-store.ts';
import type { Clients } from '../../../core/client/clients.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import { exportOf } from '../../kit/audit-export.ts';
import type { Context } from '../../kit/context.ts';
import { HttpError } from '../../kit/refusals.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleView } from '../console-view.ts';
import { type ActivityFilters, type FilterProblem, meaningOf, readFilters, writeFilters } from './activity-filters.ts';
import type { ActivityViews, RecordRow } from './activity-views.ts';
import { createRecordNames } from './record-names.ts';
import { describeInWords, utcOf } from './record-words.ts';
import { addTicketStory } from './ticket-story.ts';

export type ActivityPagesDeps = {
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ActivityViews;
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly clients: Clients;
};

const path = '/admin/activity';
const pageSize = 30;
/**
 * How many pages of the store one request reads in search of a match. Then the reader is asked whether to go
 * on.
 */
const maxLooks = 2;

export function addActivityPages(deps: ActivityPagesDeps): void {
  const { console, view, views, audit, accounts, clients } = deps;
  const namesOf = createRecordNames({ findAccount: accounts.find, findClient: clients.findAny });

  /** The records in words, with the names of those that they speak of. */
  async function present(ctx: Context, records: readonly AuditRecord[]): Promise<RecordRow[]> {
    const all = messagesOf[view.localeOf(ctx)];
    const names = await namesOf(records);
    return records.map((record) => ({
      ...describeInWords(all, record, names),
      iso: new Date(record.at * 1000).toISOString(),
      utc: utcOf(record.at),
      ago: view.ago(ctx, record.at),
      address: record.address,
      ticketId: record.ticketId,
    }));
  }

  /** Finds the account by its username. An id is taken as it is, since its account may be deleted. */
  async function accountIdOf(typed: string): Promise<string | undefined> {
    return typed === '' ? undefined : ((await accounts.findByUsername(typed))?.id ?? typed);
  }

  /** The query of the filters, or what is wrong with them. */
  async function queryOf(filters: ActivityFilters): Promise<Omit<AuditQuery, 'limit'> | FilterProblem> {
    const meaning = meaningOf(filters);
    return typeof meaning === 'string' ? meaning : { ...meaning, accountId: await accountIdOf(filters.account) };
  }

  /** Reads on while a page is empty and is not the last (AuditStore.query). */
  async function find(query: Omit<AuditQuery, 'limit'>): Promise<{ records: AuditRecord[]; cursor: string | null }> {
    let page = await audit.query({ ...query, limit: pageSize });
    for (let look = 1; page.records.length === 0 && page.cursor !== null && look < maxLooks; look++)
      page = await audit.query({ ...query, after: page.cursor, limit: pageSize });
    return page;
  }

  /** Shows one page of the log. */
  const list: ConsoleHandler = async (ctx, visitor) => {
    const filters = readFilters(ctx.query);
    const set = writeFilters(filters);
    const query = await queryOf(filters);
    const problem = typeof query === 'string' ? query : null;
    if (problem) ctx.status = 422;
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const page = typeof query === 'string' ? { records: [], cursor: null } : await find({ ...query, after });
    const next = new URLSearchParams(set);
    if (page.cursor !== null) next.set('after', Buffer.from(page.cursor).toString('base64url'));
    const html = views.activity({
      ...view.of(ctx, visitor, 'activity'),
      filters,
      problem,
      isFiltered: set.size > 0,
      isOlder: after !== undefined,
      records: await present(ctx, page.records),
      next: page.cursor === null ? null : `${path}?${next}`,
      first: `${path}?${set}`,
      exportPath: `${path}/export?${set}`,
    });
    view.send(ctx, html);
  };

  /** Sends the filtered log as a file. @throws HttpError `body_invalid` for filters that mean nothing */
  const download: ConsoleHandler = async (ctx) => {
    const query = await queryOf(readFilters(ctx.query));
    if (typeof query === 'string') throw new HttpError('body_invalid', 'A filter is not right.');
    ctx.type = 'application/jsonl';
    ctx.body = exportOf(ctx, audit.lines(query));
  };

  console.page('activity', '/activity', list);
  console.page('activity', '/activity/export', download);
  addTicketStory({ console, view, views, audit, present });
}
