// Network addresses in audit and approval records: there for as long as they may be kept, then gone.
import { describe, expect, it, vi } from 'vitest';
import { buildApproval, buildRecord } from '../records.ts';
import { type OpenStore, useStore } from './fixture.ts';

const day = 86_400;
const address = '84.17.203.99';

export function addressKeepingConformance(name: string, open: OpenStore): void {
  describe(`${name}: addresses`, () => {
    const fixture = useStore(open);

    it('are returned for ninety days and never afterwards', async () => {
      const { store, clock } = fixture.opened;
      const start = clock();
      await store.audit.append(buildRecord(start, { address }));
      await store.audit.append(buildRecord(start + 5, { address: null }));
      const approval = buildApproval(start, { browserAddress: address, sessionUid: 's', expiresAt: start + 200 * day });
      await store.approvals.create(approval);
      const read = async () => ({
        ofTicket: (await store.audit.listByTicket('ticket')).map((record) => record.address),
        ofAccount: (await store.audit.listByAccount('account', 5)).map((record) => record.address),
        queried: (await store.audit.query({ clientId: 'web', limit: 5 })).records.map((record) => record.address),
        found: (await store.approvals.find(approval.id))?.browserAddress,
        listed: (await store.approvals.listByAccount('account', 5)).map((each) => each.browserAddress),
        ofSession: (await store.approvals.findBySession('s'))?.browserAddress,
        updated: (await store.approvals.update(approval.id, (current) => ({ ...current, endedAt: clock() })))
          ?.browserAddress,
      });
      clock.now = start + 90 * day - 1;
      expect(await read()).toEqual({
        ofTicket: [address, null],
        ofAccount: [null, address],
        queried: [null, address],
        found: address,
        listed: [address],
        ofSession: address,
        updated: address,
      });
      clock.now += 1;
      expect(await read()).toEqual({
        ofTicket: [null, null],
        ofAccount: [null, null],
        queried: [null, null],
        found: null,
        listed: [null],
        ofSession: null,
        updated: null,
      });
      // Everything else of the record stays.
      expect((await store.audit.listByTicket('ticket'))[0]).toEqual(buildRecord(start, { address: null }));
      expect(await store.approvals.find(approval.id)).toEqual({ ...approval, browserAddress: null, endedAt: clock() });
    });

    it('are no longer in the database after their retention and a sweep', async () => {
      const { store, clock, dump, openAnother } = fixture.opened;
      for (let i = 0; i < 700; i++) await store.audit.append(buildRecord(clock(), { address, facts: { number: i } }));
      await store.approvals.create(buildApproval(clock(), { browserAddress: address, expiresAt: clock() + 200 * day }));
      clock.now += 90 * day;
      const late = '84.17.203.98';
      await store.audit.append(buildRecord(clock(), { address: late }));
      // A sweep comes with every opening.
      const other = await openAnother();
      await vi.waitFor(async () => expect((await dump()).includes(address)).toBe(false), { timeout: 5000 });
      expect((await other.audit.query({ accountId: 'account', limit: 1 })).records[0]?.address).toBe(late);
      expect(await other.audit.listByAccount('account', 1000)).toHaveLength(701);
    });
  });
}
