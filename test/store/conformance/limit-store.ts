// LimitStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function limitStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: limits`, () => {
    const fixture = useStore(open);
    const limits = () => fixture.opened.store.limits;
    const now = 1_800_000_000;

    it('counts within a window that the first addition opens', async () => {
      expect(await limits().read('key', now)).toBeNull();
      expect(await limits().add('key', 2, 60, now)).toEqual({ count: 2, resetsAt: now + 60 });
      expect(await limits().add('key', 3, 600, now + 59)).toEqual({ count: 5, resetsAt: now + 60 });
      expect(await limits().read('key', now + 59)).toEqual({ count: 5, resetsAt: now + 60 });
      expect(await limits().read('other', now)).toBeNull();
    });

    it('ends at resetsAt, and the next addition opens a new window', async () => {
      await limits().add('key', 5, 60, now);
      expect(await limits().read('key', now + 60)).toBeNull();
      expect(await limits().add('key', 1, 30, now + 60)).toEqual({ count: 1, resetsAt: now + 90 });
    });

    it('can take back an addition', async () => {
      await limits().add('key', 3, 60, now);
      expect(await limits().add('key', -1, 60, now + 1)).toEqual({ count: 2, resetsAt: now + 60 });
    });

    it('can be cleared', async () => {
      await limits().add('key', 5, 60, now);
      await limits().clear('key');
      await limits().clear('never-there');
      expect(await limits().read('key', now)).toBeNull();
      expect(await limits().add('key', 1, 60, now)).toEqual({ count: 1, resetsAt: now + 60 });
    });

    it('accepts any text as key', async () => {
      await limits().add('a {b} 127.0.0.1 “ü” ::1 %', 1, 60, now);
      expect((await limits().read('a {b} 127.0.0.1 “ü” ::1 %', now))?.count).toBe(1);
      expect(await limits().read('a {b}', now)).toBeNull();
    });

    it('G2 counts all of 50 parallel additions and returns a different count to each', async () => {
      const seen = await fifty(await fixture.both(), (store) => store.limits.add('key', 2, 60, now));
      expect(seen.map(({ count }) => count).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => (index + 1) * 2),
      );
      expect(new Set(seen.map(({ resetsAt }) => resetsAt))).toEqual(new Set([now + 60]));
    });
  });
}
