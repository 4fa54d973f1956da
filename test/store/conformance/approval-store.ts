// ApprovalStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalId } from '../../../src/core/approval/approval.ts';
import { buildApproval, randomId } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function approvalStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: approvals`, () => {
    const fixture = useStore(open);
    const approvals = () => fixture.opened.store.approvals;
    const now = (): number => fixture.opened.clock();
    const build = (change: Partial<Approval> = {}): Approval => buildApproval(now(), change);

    it('finds an approval until it expires', async () => {
      const approval = build();
      await approvals().create(approval);
      fixture.opened.clock.now = approval.expiresAt - 1;
      expect(await approvals().find(approval.id)).toEqual(approval);
      fixture.opened.clock.now += 1;
      expect(await approvals().find(approval.id)).toBeNull();
      expect(await approvals().listByAccount('account', 10)).toEqual([]);
      expect(await approvals().update(approval.id, (current) => current)).toBeNull();
    });

    it('lists the newest approvals of an account up to a limit, without expired ones', async () => {
      for (let age = 0; age < 8; age++) {
        const expiresAt = age % 2 ? now() + 10 : now() + 1000;
        await approvals().create(build({ approvedAt: now() - age, expiresAt }));
      }
      await approvals().create(build({ accountId: 'other-account' }));
      const ages = async (limit: number) =>
        (await approvals().listByAccount('account', limit)).map((approval) => 1_800_000_000 - approval.approvedAt);
      expect(await ages(3)).toEqual([0, 1, 2]);
      fixture.opened.clock.now += 10;
      expect(await ages(3)).toEqual([0, 2, 4]);
      expect(await ages(100)).toEqual([0, 2, 4, 6]);
    });

    it('deletes the approvals of one account, also expired ones, and no others', async () => {
      const mine = [build({ sessionUid: 'session' }), build({ expiresAt: now() + 1 })];
      const other = build({ accountId: 'other-account' });
      for (const approval of [...mine, other]) await approvals().create(approval);
      await approvals().deleteByAccount('account');
      await approvals().deleteByAccount('account');
      for (const { id } of mine) expect(await approvals().find(id)).toBeNull();
      expect(await approvals().findBySession('session')).toBeNull();
      expect(await approvals().listByAccount('account', 10)).toEqual([]);
      expect(await approvals().find(other.id)).toEqual(other);
    });

    it('finds the newest approval of a session', async () => {
      const [older, newer] = [build({ approvedAt: now() - 5 }), build()];
      for (const approval of [older, newer]) {
        await approvals().create(approval);
        expect(await approvals().findBySession('session')).not.toEqual(approval);
        await approvals().update(approval.id, (current) => ({ ...current, sessionUid: 'session' }));
        expect((await approvals().findBySession('session'))?.id).toBe(approval.id);
      }
      expect(await approvals().findBySession('other')).toBeNull();
      fixture.opened.clock.now = newer.expiresAt;
      expect(await approvals().findBySession('session')).toBeNull();
    });

    it('applies all of 50 parallel updates and none whose change throws', async () => {
      const approval = build({ endedAt: 0 });
      await approvals().create(approval);
      await fifty(await fixture.both(), (store) =>
        store.approvals.update(approval.id, (current) => ({ ...current, endedAt: (current.endedAt ?? 0) + 1 })),
      );
      const refusal = new Error('no');
      const refused = approvals().update(approval.id, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await approvals().find(approval.id))?.endedAt).toBe(50);
      expect(await approvals().update(randomId() as ApprovalId, (current) => current)).toBeNull();
    });
  });
}
