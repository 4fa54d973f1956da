// AuditStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/core/audit/audit-record.ts';
import { buildRecord } from '../records.ts';
import { type OpenStore, useStore } from './fixture.ts';

export function auditStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: audit`, () => {
    const fixture = useStore(open);
    const audit = () => fixture.opened.store.audit;
    const build = (number: number, change: Partial<AuditRecord> = {}): AuditRecord =>
      buildRecord(fixture.opened.clock(), { facts: { number }, ...change });
    const numbers = (records: readonly AuditRecord[]) => records.map((record) => record.facts.number);

    it('H5 lists the records of a ticket in the order of appending, also within one second', async () => {
      for (let number = 0; number < 12; number++) await audit().append(build(number));
      await audit().append(build(99, { ticketId: 'other' }));
      const records = await audit().listByTicket('ticket');
      expect(numbers(records)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(records[0]).toEqual(build(0));
      expect(await audit().listByTicket('unknown')).toEqual([]);
    });

    it('lists the records of an account, newest first, up to a limit', async () => {
      for (let number = 0; number < 5; number++) await audit().append(build(number));
      await audit().append(build(99, { accountId: null }));
      await audit().append(build(98, { accountId: 'other' }));
      expect(numbers(await audit().listByAccount('account', 3))).toEqual([4, 3, 2]);
      expect(numbers(await audit().listByAccount('account', 100))).toEqual([4, 3, 2, 1, 0]);
      expect(await audit().listByAccount('account', 0)).toEqual([]);
    });

    it('keeps records that name neither ticket nor account', async () => {
      await audit().append(build(1, { ticketId: null, accountId: null, correlationId: 'only-here' }));
      expect((await fixture.opened.dump()).includes('only-here')).toBe(true);
    });
  });
}
