// PasskeyStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { Passkey, PasskeyId } from '../../../src/core/account/passkey.ts';
import { buildChallenge, buildPasskey, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function passkeyStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: passkeys`, () => {
    const fixture = useStore(open);
    const passkeys = () => fixture.opened.store.passkeys;

    it('finds a passkey by id, and lists those of an account, oldest first', async () => {
      const made = [5, 9, 1].map((createdAt) => buildPasskey({ createdAt }));
      for (const passkey of made) expect(await passkeys().create(passkey)).toBe(true);
      await passkeys().create(buildPasskey({ accountId: 'other-account' }));
      for (const passkey of made) expect(await passkeys().find(passkey.id)).toEqual(passkey);
      expect((await passkeys().listByAccount('account')).map(({ createdAt }) => createdAt)).toEqual([1, 5, 9]);
      expect(await passkeys().find(randomId() as PasskeyId)).toBeNull();
      expect(await passkeys().listByAccount('nobody')).toEqual([]);
    });

    it('D8 gives a credential id to one of 50 accounts and keeps it there', async () => {
      const id = randomId() as PasskeyId;
      const made = await fifty(await fixture.both(), (store, index) =>
        store.passkeys.create(buildPasskey({ id, accountId: `account-${index % 25}` })),
      );
      expect(made.filter(isTrue)).toHaveLength(1);
      const kept = (await passkeys().find(id)) as Passkey;
      expect(await passkeys().listByAccount(kept.accountId)).toEqual([kept]);
      expect(await passkeys().create({ ...kept, name: 'other' })).toBe(false);
      expect(await passkeys().find(id)).toEqual(kept);
    });

    it('applies all of 50 parallel updates and none whose change throws', async () => {
      const passkey = buildPasskey();
      await passkeys().create(passkey);
      await fifty(await fixture.both(), (store) =>
        store.passkeys.update(passkey.id, (current) => ({ ...current, counter: current.counter + 1 })),
      );
      const refusal = new Error('no');
      const refused = passkeys().update(passkey.id, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect(await passkeys().find(passkey.id)).toEqual({ ...passkey, counter: 50 });
      expect(await passkeys().update(randomId() as PasskeyId, (current) => current)).toBeNull();
    });

    it('D8 lets one of 50 parallel deletions win, and keeps one of the last two passkeys', async () => {
      const pair = [buildPasskey(), buildPasskey()];
      for (const passkey of pair) await passkeys().create(passkey);
      const outcomes = await fifty(await fixture.both(), (store, index) =>
        store.passkeys.delete(pair[index % 2] as Passkey, { keepLast: true }),
      );
      expect(outcomes.filter((outcome) => outcome === 'deleted')).toHaveLength(1);
      const [last] = await passkeys().listByAccount('account');
      expect(await passkeys().delete(last as Passkey, { keepLast: true })).toBe('last');
      expect(await passkeys().delete({ ...(last as Passkey), accountId: 'other' }, { keepLast: false })).toBe('absent');
      const final = await fifty(await fixture.both(), (store) =>
        store.passkeys.delete(last as Passkey, { keepLast: false }),
      );
      expect(final.filter((outcome) => outcome === 'deleted')).toHaveLength(1);
      expect(await passkeys().find((last as Passkey).id)).toBeNull();
      expect(await passkeys().create(last as Passkey)).toBe(true);
    });

    it('D8 gives a challenge to one of 50 parallel requests', async () => {
      const challenge = buildChallenge(fixture.opened.clock());
      await passkeys().createChallenge(challenge);
      const taken = await fifty(await fixture.both(), (store) => store.passkeys.takeChallenge(challenge.id));
      expect(taken.filter((found) => found !== null)).toEqual([challenge]);
      expect(await passkeys().takeChallenge(challenge.id)).toBeNull();
    });

    it('D8 gives no challenge that is unknown or expired', async () => {
      const challenge = buildChallenge(fixture.opened.clock());
      await passkeys().createChallenge(challenge);
      fixture.opened.clock.now = challenge.expiresAt;
      expect(await passkeys().takeChallenge(challenge.id)).toBeNull();
      expect(await passkeys().takeChallenge(randomId())).toBeNull();
    });
  });
}
