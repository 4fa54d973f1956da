// `/account/activity`: the account's own part of the audit log in sentences, newest first, a page at a time
// (security.md H5).
import type { Audit } from '../../core/audit/audit.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { Client } from '../../core/client/client.ts';
import { plainText } from '../../plain-text.ts';
import type { Context } from '../kit/context.ts';
import type { AccountView } from './account-view.ts';
import { describeForOwner } from './activity-words.ts';
import type { EventRow, OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import type { OwnerHandler, OwnerPages } from './owner-pages.ts';

export type ActivityPagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly audit: Audit;
  readonly clients: { readonly findAny: (id: string) => Promise<Client | null> };
};

const page = '/account/activity';
/** Records per look. A sign-in writes about six records, and one or two of them have a sentence. */
const recordsPerLook = 30;
/** How many looks one request may take. */
const maxLooks = 4;
const maxName = 60;

export function addActivityPages({ pages, view, views, audit, clients }: ActivityPagesDeps): void {
  /** The names of all clients that the records speak of, by their ids. */
  async function namesOf(records: readonly AuditRecord[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Set(records.flatMap(({ clientId, facts }) => clientId ?? String(facts.client ?? '')));
    const named = [...ids].filter(Boolean).map(async (id): Promise<[string, string]> => {
      const client = await clients.findAny(id);
      return [id, plainText(client?.metadata.client_name, maxName) || id];
    });
    return new Map(await Promise.all(named));
  }

  /** The records that have a sentence, as rows. */
  async function inWords(ctx: Context, { account }: Owner, records: readonly AuditRecord[]): Promise<EventRow[]> {
    const names = await namesOf(records);
    const locale = view.localeOf(ctx, account);
    return records.flatMap((record) => {
      const sentence = describeForOwner(record, (id) => names.get(id) ?? id, locale);
      if (!sentence) return [];
      const { at, address } = record;
      return [{ ...sentence, address, iso: new Date(at * 1000).toISOString(), when: view.ago(ctx, account, at) }];
    });
  }

  /** Reads on while no record has a sentence. @param from the cursor of the page before */
  async function find(ctx: Context, owner: Owner, from: string | undefined) {
    let after = from;
    for (let look = 1; ; look++) {
      const { records, cursor } = await audit.query({ accountId: owner.account.id, after, limit: recordsPerLook });
      const events = await inWords(ctx, owner, records);
      if (events.length > 0 || cursor === null || look === maxLooks) return { events, cursor };
      after = cursor;
    }
  }

  const list: OwnerHandler = async (ctx, owner) => {
    const given = typeof ctx.query.after === 'string' ? ctx.query.after : null;
    const after = given === null ? undefined : Buffer.from(given, 'base64url').toString();
    const { events, cursor } = await find(ctx, owner, after);
    const next = cursor === null ? null : `${page}?after=${Buffer.from(cursor).toString('base64url')}`;
    view.send(ctx, views.activity({ ...view.of(ctx, owner), events, next, isOlder: given !== null }));
  };

  pages.page('/activity', list);
}
