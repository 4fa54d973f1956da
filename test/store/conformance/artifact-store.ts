// ArtifactStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { Artifact, ArtifactPage } from '../../../src/oidc/artifact-store.ts';
import { buildArtifact, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function artifactStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: artifacts`, () => {
    const fixture = useStore(open);
    const artifacts = () => fixture.opened.store.artifacts;
    const now = (): number => fixture.opened.clock();
    const build = (change: Partial<Artifact> = {}): Artifact => buildArtifact(now(), change);
    const put = async (change: Partial<Artifact> = {}): Promise<Artifact> => {
      const artifact = build(change);
      await artifacts().upsert(artifact);
      return artifact;
    };

    it('finds records with every field, with and without an end', async () => {
      const full = await put({ grantId: 'grant', uid: 'uid', userCode: 'code', consumedAt: now() });
      const durable = await put({ model: 'Grant', expiresAt: null });
      expect(await artifacts().find(full.model, full.id)).toEqual(full);
      expect(await artifacts().find('Grant', durable.id)).toEqual(durable);
      fixture.opened.clock.now += 10 ** 9;
      expect(await artifacts().find('Grant', durable.id)).toEqual(durable);
    });

    it('H2 keeps records of different models apart', async () => {
      const code = await put({ uid: 'uid', userCode: 'user-code', grantId: 'grant' });
      expect(await artifacts().find('RefreshToken', code.id)).toBeNull();
      expect(await artifacts().findByUid('Session', 'uid')).toBeNull();
      expect(await artifacts().findByUserCode('DeviceCode', 'user-code')).toBeNull();
      expect(await artifacts().consume('RefreshToken', code.id, now())).toBe(false);
      expect(await artifacts().destroy('RefreshToken', code.id)).toBe(false);
      await artifacts().revokeByGrant('RefreshToken', 'grant');
      expect(await artifacts().find(code.model, code.id)).toEqual(code);
    });

    it('replaces every field except an earlier consumedAt', async () => {
      const first = await put({ uid: 'old', grantId: 'grant' });
      expect(await artifacts().consume(first.model, first.id, now() + 1)).toBe(true);
      const second = {
        ...first,
        payload: 'new',
        uid: 'new',
        grantId: null,
        expiresAt: now() + 90,
        consumedAt: now() + 5,
      };
      await artifacts().upsert(second);
      expect(await artifacts().find(first.model, first.id)).toEqual({ ...second, consumedAt: now() + 1 });
      expect(await artifacts().findByUid(first.model, 'old')).toBeNull();
    });

    it('can remove the end of a record and set it again', async () => {
      const artifact = await put();
      await artifacts().upsert({ ...artifact, expiresAt: null });
      fixture.opened.clock.now += 120;
      expect(await artifacts().find(artifact.model, artifact.id)).toEqual({ ...artifact, expiresAt: null });
      await artifacts().upsert({ ...artifact, expiresAt: now() + 10 });
      fixture.opened.clock.now += 10;
      expect(await artifacts().find(artifact.model, artifact.id)).toBeNull();
    });

    it('finds the last written record by uid and user code', async () => {
      const first = await put({ uid: 'uid', userCode: 'code' });
      const second = await put({ uid: 'uid', userCode: 'code' });
      expect((await artifacts().findByUid(first.model, 'uid'))?.id).toBe(second.id);
      expect((await artifacts().findByUserCode(first.model, 'code'))?.id).toBe(second.id);
      await artifacts().upsert(first);
      expect((await artifacts().findByUid(first.model, 'uid'))?.id).toBe(first.id);
      expect((await artifacts().findByUserCode(first.model, 'code'))?.id).toBe(first.id);
    });

    it('finds a record by no look-up from the second at which it expires', async () => {
      const artifact = await put({ uid: 'uid', userCode: 'code' });
      const { model, id } = artifact;
      fixture.opened.clock.now += 59;
      expect(await artifacts().find(model, id)).toEqual(artifact);
      fixture.opened.clock.now += 1;
      expect(await artifacts().find(model, id)).toBeNull();
      expect(await artifacts().findByUid(model, 'uid')).toBeNull();
      expect(await artifacts().findByUserCode(model, 'code')).toBeNull();
      expect(await artifacts().consume(model, id, now())).toBe(false);
      expect(await artifacts().destroy(model, id)).toBe(false);
      expect(await artifacts().find(model, id)).toBeNull();
    });

    it('lists the live records of an owner and of a grant, latest end first, up to a limit', async () => {
      const grants: Artifact[] = [];
      for (let i = 0; i < 60; i++)
        grants.push(await put({ model: 'Grant', owner: 'alice', grantId: 'one', expiresAt: now() + 10 + i }));
      await put({ model: 'Grant', owner: 'bob' });
      await put({ model: 'Grant', expiresAt: now() + 500 });
      await put({ model: 'AccessToken', owner: 'alice', grantId: 'one' });
      const expected = [...grants].reverse();
      expect(await artifacts().listByOwner('Grant', 'alice', 100)).toEqual(expected);
      expect(await artifacts().listByOwner('Grant', 'alice', 3)).toEqual(expected.slice(0, 3));
      expect(await artifacts().listByOwner('Grant', 'nobody', 3)).toEqual([]);
      expect(await artifacts().listByGrant('Grant', 'one', 55)).toEqual(expected.slice(0, 55));
      for (const { id } of expected.slice(0, 55)) await artifacts().destroy('Grant', id);
      fixture.opened.clock.now += 11;
      expect(await artifacts().listByOwner('Grant', 'alice', 10)).toEqual(expected.slice(55, 58));
      const [moved] = expected.slice(55);
      if (!moved) throw new Error('there is one left');
      await artifacts().upsert({ ...moved, owner: 'bob' });
      expect(await artifacts().listByOwner('Grant', 'alice', 10)).toEqual(expected.slice(56, 58));
      expect((await artifacts().listByOwner('Grant', 'bob', 10)).map(({ id }) => id)).toContain(moved.id);
    });

    it('accepts a record that has already expired and does not find it', async () => {
      const artifact = await put({ expiresAt: now() - 1 });
      expect(await artifacts().find(artifact.model, artifact.id)).toBeNull();
    });

    it('treats an expired record as absent when writing', async () => {
      const old = await put({ grantId: 'old' });
      await artifacts().consume(old.model, old.id, now());
      fixture.opened.clock.now += 60;
      const fresh = { ...old, payload: 'fresh', grantId: 'new', uid: 'uid', expiresAt: now() + 60 };
      expect(await artifacts().insert(fresh)).toBe(true);
      expect(await artifacts().find(old.model, old.id)).toEqual(fresh);
      fixture.opened.clock.now += 60;
      await artifacts().upsert({ ...fresh, expiresAt: now() + 60 });
      expect((await artifacts().find(old.model, old.id))?.consumedAt).toBeNull();
    });

    it('C2 lets one of 50 parallel inserts win', async () => {
      const artifact = build({ model: 'ReplayDetection' });
      const inserted = await fifty(await fixture.both(), (store) => store.artifacts.insert(artifact));
      expect(inserted.filter(isTrue)).toHaveLength(1);
      expect(await artifacts().find('ReplayDetection', artifact.id)).toEqual(artifact);
    });

    it('A6 lets one of 50 parallel consumptions win', async () => {
      const { model, id } = await put();
      const consumed = await fifty(await fixture.both(), (store) => store.artifacts.consume(model, id, now()));
      expect(consumed.filter(isTrue)).toHaveLength(1);
      expect((await artifacts().find(model, id))?.consumedAt).toBe(now());
      expect(await artifacts().consume(model, id, now() + 1)).toBe(false);
    });

    it('A6 does not let a parallel replacement undo a consumption', async () => {
      const artifact = await put();
      const { model, id } = artifact;
      const consumed = await fifty(await fixture.both(), async (store, index) => {
        if (index % 2 === 0) return store.artifacts.consume(model, id, now());
        await store.artifacts.upsert(artifact);
        return false;
      });
      expect(consumed.filter(isTrue)).toHaveLength(1);
    });

    it('lets one of 50 parallel deletions win, and does not consume a deleted record', async () => {
      const { model, id } = await put();
      const destroyed = await fifty(await fixture.both(), (store) => store.artifacts.destroy(model, id));
      expect(destroyed.filter(isTrue)).toHaveLength(1);
      expect(await artifacts().consume(model, id, now())).toBe(false);
      expect(await artifacts().find(model, id)).toBeNull();
    });

    it('pages through the records of a grant by their end, while others are written and deleted', async () => {
      const grantId = randomId();
      const ends = [30, 10, 20, 20, 20, 5];
      const made = await Promise.all(ends.map((end) => put({ grantId, expiresAt: now() + end })));
      await put({ grantId, model: 'AccessToken' });
      await put({ grantId, expiresAt: null });
      await put({ grantId: randomId() });
      const moved = await put({ grantId, expiresAt: now() + 25 });
      await artifacts().upsert({ ...moved, grantId: randomId() });
      const list = (page: ArtifactPage) => artifacts().pageByGrant('AuthorizationCode', grantId, page);
      const sorted = [...made].sort(
        (a, b) => Number(a.expiresAt) - Number(b.expiresAt) || (a.id < b.id ? -1 : Number(a.id > b.id)),
      );
      expect(await list({ limit: 50 })).toEqual(sorted);
      const seen: Artifact[] = [];
      for (let after: ArtifactPage['after']; ; ) {
        const page = await list({ after, limit: 2 });
        seen.push(...page);
        const last = page.at(-1);
        if (!last) break;
        after = { expiresAt: Number(last.expiresAt), id: last.id };
        // Taken away between two pages: the next one goes on all the same.
        await artifacts().destroy(last.model, last.id);
      }
      expect(seen).toEqual(sorted);
      expect((await list({ limit: 50 })).map(({ id }) => id)).toEqual(
        [sorted[0], sorted[2], sorted[4]].map((each) => each?.id),
      );
      fixture.opened.clock.now += 20;
      expect((await list({ limit: 50 })).map(({ expiresAt }) => expiresAt)).toEqual([]);
      expect(await artifacts().pageByGrant('AuthorizationCode', 'none', { limit: 50 })).toEqual([]);
    });

    it('revokes all records of one grant and model and no others', async () => {
      const [grantId, other] = [randomId(), randomId()];
      const members = await Promise.all(Array.from({ length: 600 }, () => put({ grantId })));
      const spared = [await put({ grantId: other }), await put({ model: 'AccessToken', grantId }), await put()];
      const moved = { ...(members[0] ?? build()), grantId: other };
      await artifacts().upsert(moved);
      await artifacts().revokeByGrant('AuthorizationCode', grantId);
      for (const { model, id } of members.slice(1)) expect(await artifacts().find(model, id)).toBeNull();
      for (const artifact of [...spared, moved]) {
        expect(await artifacts().find(artifact.model, artifact.id)).toEqual(artifact);
      }
      const late = await put({ grantId });
      await artifacts().revokeByGrant('AuthorizationCode', grantId);
      expect(await artifacts().find(late.model, late.id)).toBeNull();
    });
  });
}
