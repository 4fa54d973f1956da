// Statistics that are kept in memory until they are written. Counting never blocks, nothing counts twice,
// and a failed write loses only its own interval.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/core/audit/audit-record.ts';
import { createStatistics } from '../../../src/core/statistics/statistics.ts';
import type { Ticket } from '../../../src/core/ticket/ticket.ts';
import { openStore } from '../../../src/store/open.ts';
import { defaultRetention } from '../../../src/store/retention.ts';
import { type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { buildRecord, buildTicket } from '../../store/records.ts';

const now = 1_800_000_000;
let store: Store;
beforeEach(async () => {
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, () => now, defaultRetention);
});
afterEach(() => store.close());

const errors: unknown[] = [];
const open = (from: Pick<Store, 'statistics'> = store) =>
  createStatistics({
    store: from.statistics,
    clock: () => now,
    lifetimes: { pendingSeconds: 120, decisionSeconds: 120 },
    isOwnRequest: ({ clientId }) => clientId === 'own',
    onError: (error) => errors.push(error),
  });
const record = (event: AuditRecord['event']): AuditRecord => ({ ...buildRecord(now), event });

describe('statistics', () => {
  it('of two nodes add up, and each count is written once', async () => {
    const nodes = [open(), open()];
    for (const node of nodes) {
      for (let i = 0; i < 25; i++) node.note(record('ticket.issued'), buildTicket(now));
      await Promise.all([node.stop(), node.stop()]);
    }
    const { day, month, clients, openNow } = await open().read();
    expect([day.totals.shown, month.totals.shown, openNow]).toEqual([50, 50, 50]);
    expect(clients).toEqual([{ clientId: 'web', shown: 50, approved: 0 }]);
  });

  it('count for the time at which the ticket was displayed, whenever it was answered', async () => {
    const statistics = open();
    const shownAt = now - (now % 3600) - 1;
    const ticket: Ticket = buildTicket(shownAt);
    statistics.note(record('ticket.issued'), ticket);
    statistics.note(record('ticket.denied'), ticket);
    const { day } = await statistics.read();
    expect(day.buckets.filter(({ shown }) => shown > 0)).toMatchObject([{ at: shownAt - 3599, shown: 1, denied: 1 }]);
  });

  it('count a sign-in that nobody answered beside the outcomes, with a ticket or without one', async () => {
    const statistics = open();
    const ticket = buildTicket(now);
    statistics.note(record('ticket.issued'), ticket);
    statistics.note(record('sign_in.timed_out'), ticket);
    statistics.note({ ...record('sign_in.timed_out'), clientId: 'web' }, null);
    statistics.note({ ...record('sign_in.timed_out'), clientId: 'own' }, null);
    const { month } = await statistics.read();
    expect(month.totals).toMatchObject({ shown: 1, timed_out: 2, cancelled: 0, denied: 0 });
  });

  it('omit the provider’s own client and events without a ticket, except failed logouts', async () => {
    const statistics = open();
    const ticket = buildTicket(now);
    statistics.note(record('ticket.issued'), { ...ticket, request: { ...ticket.request, clientId: 'own' } });
    statistics.note(record('ticket.issued'), null);
    statistics.note(record('client.created'), null);
    statistics.note(record('logout.given_up'), null);
    const { month, clients, logoutsGivenUp } = await statistics.read();
    expect([month.totals.shown, clients, logoutsGivenUp]).toEqual([0, [], 1]);
  });

  it('lose the interval that cannot be written, report the error, and continue', async () => {
    let isAway = true;
    const add: Store['statistics']['add'] = async (counts) => {
      if (isAway) throw new StoreUnavailableError('away');
      await store.statistics.add(counts);
    };
    const statistics = open({ statistics: { ...store.statistics, add } });
    statistics.note(record('ticket.issued'), buildTicket(now));
    await statistics.read();
    expect(errors).toHaveLength(1);
    isAway = false;
    statistics.note(record('ticket.issued'), buildTicket(now));
    expect((await statistics.read()).day.totals.shown).toBe(1);
  });
});
