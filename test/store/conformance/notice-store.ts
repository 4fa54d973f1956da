// NoticeStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/notice/notice.ts';
import { buildNotice, hashOf, randomId } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function noticeStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: notices`, () => {
    const fixture = useStore(open);
    const notices = () => fixture.opened.store.notices;
    const now = (): number => fixture.opened.clock();
    const create = async (change: Partial<Notice> = {}): Promise<Notice> => {
      const notice = buildNotice(now(), change);
      await notices().create(notice);
      return notice;
    };

    it('finds a notice by id and by the digest of its secret, until it ends', async () => {
      const notice = await create();
      const silent = await create({ secretHash: null });
      const other = await create({ secretHash: null });
      expect(await notices().find(notice.id)).toEqual(notice);
      expect(await notices().findBySecret(String(notice.secretHash))).toEqual(notice);
      expect(await notices().find(silent.id)).toEqual(silent);
      expect(await notices().find(other.id)).toEqual(other);
      expect(await notices().findBySecret(hashOf('nobody'))).toBeNull();
      fixture.opened.clock.now = notice.expiresAt;
      expect(await notices().find(notice.id)).toBeNull();
      expect(await notices().findBySecret(String(notice.secretHash))).toBeNull();
      expect(await notices().update(notice.id, (current) => current)).toBeNull();
      expect(await notices().listByAccount('account', 10)).toEqual([]);
    });

    it('lists the newest notices of an account up to a limit', async () => {
      for (let age = 0; age < 5; age++) await create({ createdAt: now() - age });
      await create({ accountId: randomId() });
      const listed = await notices().listByAccount('account', 3);
      expect(listed.map(({ createdAt }) => now() - createdAt)).toEqual([0, 1, 2]);
      expect(await notices().listByAccount('account', 50)).toHaveLength(5);
    });

    it('B16 lets one of 50 parallel requests disown a sign-in, and loses none of 50 changes', async () => {
      const notice = await create();
      const stores = await fixture.both();
      const firsts = await fifty(stores, async (store) => {
        let isFirst = false;
        await store.notices.update(notice.id, (current) => {
          isFirst = current.disownedAt === null;
          return isFirst ? { ...current, disownedAt: now() } : current;
        });
        return isFirst;
      });
      expect(firsts.filter(Boolean)).toHaveLength(1);
      await fifty(stores, (store, index) =>
        store.notices.update(notice.id, (current) => ({
          ...current,
          dismissedBy: [...current.dismissedBy, `${index}`],
        })),
      );
      expect((await notices().find(notice.id))?.dismissedBy).toHaveLength(50);
      await expect(
        notices().update(notice.id, () => {
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect((await notices().find(notice.id))?.dismissedBy).toHaveLength(50);
    });
  });
}
