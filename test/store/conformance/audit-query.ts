// AuditStore.query, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/core/audit/audit-record.ts';
import type { AuditQuery } from '../../../src/core/audit/audit-store.ts';
import { buildRecord } from '../records.ts';
import { type OpenStore, useStore } from './fixture.ts';

export function auditQueryConformance(name: string, open: OpenStore): void {
  describe(`${name}: queries of the audit record`, () => {
    const fixture = useStore(open);
    const audit = () => fixture.opened.store.audit;
    const append = (number: number, change: Partial<AuditRecord> = {}) =>
      audit().append(buildRecord(fixture.opened.clock(), { facts: { number }, ...change }));
    const numbers = (records: readonly AuditRecord[]) => records.map(({ facts }) => facts.number);
    const found = async (query: Partial<AuditQuery>) =>
      numbers((await audit().query({ limit: 100, ...query })).records);

    async function everyPage(query: Partial<AuditQuery> & { limit: number }, between = async () => {}) {
      const pages: unknown[][] = [];
      let after: string | undefined;
      for (let i = 0; i < 100; i++) {
        const page = await audit().query({ ...query, after });
        pages.push(numbers(page.records));
        if (page.cursor === null) return pages;
        after = page.cursor;
        await between();
      }
      throw new Error('the pages do not end');
    }

    it('gives everything newest first, within one second too, and nothing of nothing', async () => {
      expect(await audit().query({ limit: 10 })).toEqual({ records: [], cursor: null });
      for (let number = 0; number < 6; number++) await append(number);
      fixture.opened.clock.now += 1;
      await append(6, { ticketId: null, accountId: null, clientId: null });
      expect(await found({})).toEqual([6, 5, 4, 3, 2, 1, 0]);
      const [newest] = (await audit().query({ limit: 1 })).records;
      expect(newest).toEqual(
        buildRecord(fixture.opened.clock(), { facts: { number: 6 }, ticketId: null, accountId: null, clientId: null }),
      );
      for (const none of [{ ticketId: 'x' }, { accountId: 'x' }, { clientId: 'x' }, { event: 'key.removed' } as const])
        expect(await audit().query({ limit: 10, ...none })).toEqual({ records: [], cursor: null });
    });

    it('answers to one filter and to several together', async () => {
      await append(0);
      await append(1, { accountId: 'other' });
      await append(2, { clientId: 'other' });
      await append(3, { ticketId: 'other' });
      await append(4, { event: 'device.created' });
      await append(5, { event: 'device.created', accountId: 'other', clientId: null, ticketId: null });
      expect(await found({ accountId: 'account' })).toEqual([4, 3, 2, 0]);
      expect(await found({ clientId: 'web' })).toEqual([4, 3, 1, 0]);
      expect(await found({ ticketId: 'ticket' })).toEqual([4, 2, 1, 0]);
      expect(await found({ event: 'device.created' })).toEqual([5, 4]);
      expect(await found({ accountId: 'account', clientId: 'web' })).toEqual([4, 3, 0]);
      expect(await found({ accountId: 'other', ticketId: 'ticket' })).toEqual([1]);
      expect(await found({ clientId: 'web', event: 'device.created' })).toEqual([4]);
      expect(
        await found({ accountId: 'account', clientId: 'web', ticketId: 'ticket', event: 'ticket.issued' }),
      ).toEqual([0]);
      expect(await found({ accountId: 'other', clientId: 'other' })).toEqual([]);
    });

    it('H5 finds all of one authorization request, with a ticket or without, and nothing of another', async () => {
      await append(0, { correlationId: 'one', ticketId: 'first' });
      await append(1, { correlationId: 'other', ticketId: 'third' });
      await append(2, { correlationId: null });
      await append(3, { correlationId: 'one', ticketId: 'second', accountId: 'bob' });
      fixture.opened.clock.now += 60;
      await append(4, {
        correlationId: 'one',
        ticketId: null,
        accountId: null,
        clientId: null,
        event: 'code.redeemed',
      });
      expect(await found({ correlationId: 'one' })).toEqual([4, 3, 0]);
      expect(await found({ correlationId: 'one', accountId: 'bob' })).toEqual([3]);
      expect(await found({ correlationId: 'one', ticketId: 'first' })).toEqual([0]);
      expect(await found({ correlationId: 'one', event: 'code.redeemed' })).toEqual([4]);
      expect(await found({ correlationId: 'unknown' })).toEqual([]);
      expect((await everyPage({ correlationId: 'one', limit: 1 })).flat()).toEqual([4, 3, 0]);
    });

    it('keeps refusals for seven days, beside the trail, of a client and of nobody', async () => {
      const start = fixture.opened.clock();
      const refused = { ticketId: null, correlationId: null, accountId: null, event: 'token.refused' } as const;
      await append(0);
      await append(1, refused);
      fixture.opened.clock.now += 1;
      await append(2, { ...refused, clientId: null, event: 'authorization.refused' });
      await append(3);
      fixture.opened.clock.now += 1;
      await append(4, { event: 'ticket.refused' });
      await append(5, { ...refused, clientId: 'other' });
      expect((await found({})).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
      expect((await everyPage({ limit: 1 })).flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
      expect((await found({})).slice(-2).toSorted()).toEqual([0, 1]);
      expect(await found({ isRefusal: true })).toEqual([5, 2, 1]);
      expect((await everyPage({ isRefusal: true, limit: 1 })).flat()).toEqual([5, 2, 1]);
      expect(await found({ isRefusal: true, clientId: 'web' })).toEqual([1]);
      expect((await found({ clientId: 'web' })).toSorted()).toEqual([0, 1, 3, 4]);
      expect(await found({ event: 'token.refused' })).toEqual([5, 1]);
      expect(await found({ event: 'ticket.refused' })).toEqual([4]);
      expect(await found({ accountId: 'account' })).toEqual([4, 3, 0]);
      expect(await found({ isRefusal: true, from: start + 1, to: start + 1 })).toEqual([2]);
      fixture.opened.clock.now = start + 7 * 86_400;
      expect(await found({ isRefusal: true })).toEqual([5, 2]);
      fixture.opened.clock.now += 2;
      expect(await found({ isRefusal: true })).toEqual([]);
      expect(await found({})).toEqual([4, 3, 0]);
    });

    it('answers to a span of time, both ends included', async () => {
      const start = fixture.opened.clock();
      for (let number = 0; number < 6; number++) {
        await append(number);
        fixture.opened.clock.now += 1000;
      }
      expect(await found({ from: start + 2000 })).toEqual([5, 4, 3, 2]);
      expect(await found({ to: start + 2000 })).toEqual([2, 1, 0]);
      expect(await found({ to: start + 1999, from: start + 1 })).toEqual([1]);
      expect(await found({ accountId: 'account', from: start + 1000, to: start + 3000 })).toEqual([3, 2, 1]);
      expect(await found({ ticketId: 'ticket', from: start + 1000, to: start + 3000 })).toEqual([3, 2, 1]);
      expect(await found({ from: start + 9000 })).toEqual([]);
      expect((await everyPage({ limit: 1, to: start + 2000, from: start })).flat()).toEqual([2, 1, 0]);
    });

    it('pages through each record once, while others are appended', async () => {
      for (let number = 0; number < 20; number++) {
        await append(number, { event: number % 2 ? 'code.issued' : 'code.redeemed' });
        if (number % 7 === 0) fixture.opened.clock.now += 1;
      }
      const down = Array.from({ length: 20 }, (_, i) => 19 - i);
      const late = () => append(99);
      const filters = [
        {},
        { accountId: 'account' },
        { clientId: 'web' },
        { ticketId: 'ticket' },
        { correlationId: 'correlation' },
      ];
      for (const filter of filters) {
        const seen = (await everyPage({ ...filter, limit: 3 }, late)).flat();
        expect(seen.filter((number) => number !== 99)).toEqual(down);
        const odd = (await everyPage({ ...filter, event: 'code.issued', limit: 4 }, late)).flat();
        expect(odd).toEqual(down.filter((number) => number % 2 === 1));
      }
      const whole = await everyPage({ limit: 10, event: 'code.issued' });
      expect(whole.filter((page) => page.length > 0)).toEqual([down.filter((number) => number % 2 === 1)]);
    });

    it('finds what is rare in steps, none of which reads everything', async () => {
      await append(0, { event: 'device.removed' });
      for (let batch = 0; batch < 12; batch++)
        await Promise.all(Array.from({ length: 500 }, (_, i) => append(1 + batch * 500 + i)));
      const pages = await everyPage({ event: 'device.removed', limit: 5 });
      expect(pages.flat()).toEqual([0]);
      expect(pages).toHaveLength(2);
    });

    it('begins anew after what never was a cursor', async () => {
      await append(1);
      for (const after of ['', 'x', '-', '+', '(1-1', '1e9', "' OR 1", '99999999999999999999999', '1.', '9'.repeat(16)])
        for (const filter of [{}, { accountId: 'account' }, { ticketId: 'ticket' }])
          expect(await found({ ...filter, after }), after).toEqual([1]);
    });
  });
}
