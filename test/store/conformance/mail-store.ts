// MailStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { QueuedMail } from '../../../src/core/mail/queued-mail.ts';
import { buildMail } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const idsOf = (mails: readonly QueuedMail[]) => mails.map(({ id }) => id).sort();

export function mailStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: mail`, () => {
    const fixture = useStore(open);
    const mails = () => fixture.opened.store.mails;
    const now = (): number => fixture.opened.clock();
    const create = async (change: Partial<QueuedMail> = {}): Promise<QueuedMail> => {
      const mail = buildMail(now(), change);
      await mails().create(mail);
      return mail;
    };
    const claim = (limit = 100) => mails().claimDue(now(), now() + 30, limit);

    it('B16 gives each of 50 due messages to exactly one of 50 parallel claimers', async () => {
      const created = [];
      for (let index = 0; index < 50; index++) created.push(await create());
      const claims = await fifty(await fixture.both(), (store) => store.mails.claimDue(now(), now() + 30, 2));
      expect(Math.max(...claims.map((each) => each.length))).toBeLessThanOrEqual(2);
      const mine = claims.flat();
      expect(new Set(idsOf(mine)).size).toBe(mine.length);
      expect(idsOf([...mine, ...(await claim())])).toEqual(idsOf(created));
      expect(await claim()).toEqual([]);
    });

    it('B16 gives one message to one of 50 claimers, and to one again after its lease', async () => {
      const mail = await create();
      const stores = await fixture.both();
      const all = async () => (await fifty(stores, (store) => store.mails.claimDue(now(), now() + 30, 8))).flat();
      expect(await all()).toEqual([{ ...mail, attempts: 1, nextAttemptAt: now() + 30 }]);
      fixture.opened.clock.now += 29;
      expect(await all()).toEqual([]);
      fixture.opened.clock.now += 1;
      expect((await all()).map(({ attempts }) => attempts)).toEqual([2]);
    });

    it('B16 deletes a sent message, and only its last claimer can report that, once', async () => {
      const sealed = 'the sealed words of a mail';
      await create({ sealed });
      const [first] = await claim();
      fixture.opened.clock.now += 30;
      const [second] = await claim();
      if (!first || !second) throw new Error('nothing was claimed');
      const sent = { state: 'sent', sealed: null, nextAttemptAt: null } as const;
      expect(await mails().settle({ ...first, ...sent })).toBe(false);
      expect(await mails().list(10)).toMatchObject([{ sealed }]);
      const settled = await fifty(await fixture.both(), (store) => store.mails.settle({ ...second, ...sent }));
      expect(settled.filter(Boolean)).toHaveLength(1);
      fixture.opened.clock.now += 1000;
      expect(await claim()).toEqual([]);
      expect(await mails().list(10)).toEqual([]);
    });

    it('gives a failed message again when it is due, longest due first, and never one that was given up', async () => {
      await create();
      const [first] = await claim();
      if (!first) throw new Error('nothing was claimed');
      await mails().settle({ ...first, lastError: 'SMTP 421', nextAttemptAt: now() + 5 });
      fixture.opened.clock.now += 4;
      const later = await create();
      expect(idsOf(await claim(1))).toEqual([later.id]);
      fixture.opened.clock.now += 1;
      const [again] = await claim();
      expect(again).toEqual({ ...first, attempts: 2, lastError: 'SMTP 421', nextAttemptAt: now() + 30 });
      if (!again) throw new Error('nothing was claimed');
      const givenUp: QueuedMail = { ...again, state: 'given_up', sealed: null, nextAttemptAt: null };
      expect(await mails().settle(givenUp)).toBe(true);
      fixture.opened.clock.now += 100;
      expect(idsOf(await claim())).toEqual([later.id]);
      expect(await mails().list(1)).toHaveLength(1);
      expect(await mails().list(10)).toContainEqual(givenUp);
    });

    it('does not find a message from its end on', async () => {
      const short = await create({ expiresAt: now() + 10 });
      const long = await create();
      expect(idsOf(await mails().list(10))).toEqual(idsOf([short, long]));
      fixture.opened.clock.now += 10;
      expect(idsOf(await mails().list(10))).toEqual([long.id]);
      expect(idsOf(await claim())).toEqual([long.id]);
    });

    it('B16 keeps due messages for the next process that opens the store', async () => {
      const mail = await create();
      await fixture.opened.store.close();
      const reopened = await fixture.opened.openAnother();
      expect(idsOf(await reopened.mails.claimDue(now(), now() + 30, 8))).toEqual([mail.id]);
    });
  });
}
