// ArtifactStore over Redis: the records of oidc-provider, one hash each. What must be atomic touches that
// one key, in a script. Pointers and indexes are written in the same round trip and are verified against
// the record when used.
import type { Clock } from '../../clock.ts';
import type { Artifact, ArtifactPage, ArtifactStore } from '../../oidc/artifact-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

/** Artifacts of a grant that are removed at once. */
const revokeBatch = 500;
/** Index entries that a list reads at once. */
const listBatch = 50;

export function createArtifactStore(deps: { connection: Connection; keys: Keys; clock: Clock }): ArtifactStore {
  const { connection, keys, clock } = deps;

  function put(artifact: Artifact, mode: 'upsert' | 'insert'): Promise<number> {
    const { model, id } = artifact;
    const now = clock();
    return connection.run((redis) =>
      redis.putArtifact(keys.artifact(model, id), mode, now, ttlOf(artifact, now), ...fieldsOf(artifact)),
    );
  }

  function putPointer(key: string, artifact: Artifact): Promise<unknown> {
    const ttl = ttlOf(artifact, clock());
    return connection.run((redis) =>
      ttl === 0 ? redis.set(key, artifact.id) : redis.set(key, artifact.id, 'EX', ttl),
    );
  }

  function putMember(key: string, artifact: Artifact): Promise<unknown> {
    const now = clock();
    const score = artifact.expiresAt ?? '+inf';
    return connection.run((redis) => redis.addMember(key, score, artifact.id, ttlOf(artifact, now), now));
  }

  /** Writes every pointer and index entry of a record, each with the TTL of the record. */
  const putLookUps = (artifact: Artifact): Promise<unknown>[] => {
    const { model, uid, userCode, grantId, owner } = artifact;
    return [
      ...(uid === null ? [] : [putPointer(keys.artifactByUid(model, uid), artifact)]),
      ...(userCode === null ? [] : [putPointer(keys.artifactByUserCode(model, userCode), artifact)]),
      ...(grantId === null ? [] : [putMember(keys.artifactsOfGrant(model, grantId), artifact)]),
      ...(owner === undefined ? [] : [putMember(keys.artifactsOfOwner(model, owner), artifact)]),
    ];
  };

  async function find(model: string, id: string): Promise<Artifact | null> {
    const values = await connection.run((redis) => redis.hmget(keys.artifact(model, id), ...fieldNames));
    const artifact = artifactOf(model, id, values);
    return artifact && (artifact.expiresAt === null || artifact.expiresAt > clock()) ? artifact : null;
  }

  /** Follows a pointer. It may be stale, so `isSought` verifies the record. */
  async function findBy(
    pointer: string,
    model: string,
    isSought: (artifact: Artifact) => boolean,
  ): Promise<Artifact | null> {
    const id = await connection.run((redis) => redis.get(pointer));
    const artifact = id === null ? null : await find(model, id);
    return artifact && isSought(artifact) ? artifact : null;
  }

  /**
   * Lists the records of an index, latest end first. Entries that do not match their record are skipped but
   * not removed, because another node may be about to write that record.
   */
  async function list(key: string, model: string, limit: number, isSought: (artifact: Artifact) => boolean) {
    const found: Artifact[] = [];
    for (let start = 0; found.length < limit; start += listBatch) {
      const ids = await connection.run((redis) => redis.zrevrange(key, start, start + listBatch - 1));
      const loaded = await Promise.all(ids.map((id) => find(model, id)));
      found.push(
        ...loaded.filter((artifact) => artifact !== null && isSought(artifact)).map((each) => each as Artifact),
      );
      if (ids.length < listBatch) break;
    }
    return found.slice(0, limit);
  }

  return {
    async upsert(artifact) {
      await Promise.all([put(artifact, 'upsert'), ...putLookUps(artifact)]);
    },
    // The pointers follow only after the record was won, so a loser does not redirect them.
    async insert(artifact) {
      if ((await put(artifact, 'insert')) === 0) return false;
      await Promise.all(putLookUps(artifact));
      return true;
    },
    find,
    findByUid: (model, uid) => findBy(keys.artifactByUid(model, uid), model, (artifact) => artifact.uid === uid),
    findByUserCode: (model, userCode) =>
      findBy(keys.artifactByUserCode(model, userCode), model, (artifact) => artifact.userCode === userCode),
    consume: async (model, id, now) =>
      (await connection.run((redis) => redis.consumeArtifact(keys.artifact(model, id), now))) === 1,
    destroy: async (model, id) =>
      (await connection.run((redis) => redis.destroyArtifact(keys.artifact(model, id), clock()))) === 1,

    listByOwner: (model, owner, limit) =>
      list(keys.artifactsOfOwner(model, owner), model, limit, (artifact) => artifact.owner === owner),
    listByGrant: (model, grantId, limit) =>
      list(keys.artifactsOfGrant(model, grantId), model, limit, (artifact) => artifact.grantId === grantId),
    async pageByGrant(model, grantId, { after, limit }) {
      const index = keys.artifactsOfGrant(model, grantId);
      const found: Artifact[] = [];
      // Members with the same score are ordered by id. Stale members, of records that are gone or belong to
      // another grant now, are skipped.
      const from = Math.max(after?.expiresAt ?? 0, clock() + 1);
      for (let skip = 0; found.length < limit; skip += listBatch) {
        const ids = await connection.run((redis) =>
          redis.zrange(index, from, `(${Number.MAX_SAFE_INTEGER}`, 'BYSCORE', 'LIMIT', skip, listBatch),
        );
        const present = (await Promise.all(ids.map((id) => find(model, id)))).filter((each) => each !== null);
        found.push(...present.filter((each) => each.grantId === grantId && isBeyond(each, after)));
        if (ids.length < listBatch) break;
      }
      return found.slice(0, limit);
    },

    async revokeByGrant(model, grantId) {
      const index = keys.artifactsOfGrant(model, grantId);
      for (;;) {
        const ids = await connection.run((redis) => redis.zrange(index, 0, `${revokeBatch - 1}`));
        if (ids.length === 0) return;
        await connection.run((redis) =>
          Promise.all(ids.map((id) => redis.revokeArtifact(keys.artifact(model, id), grantId))),
        );
        await connection.run((redis) => redis.zrem(index, ...ids));
      }
    },
  };
}

const fieldNames = ['payload', 'grantId', 'uid', 'userCode', 'expiresAt', 'consumedAt', 'owner'] as const;
/** Returns true for records behind the cursor. Ids are ASCII, so JavaScript compares them as Redis does. */
const isBeyond = ({ expiresAt, id }: Artifact, after: ArtifactPage['after']): boolean =>
  expiresAt !== null && (!after || expiresAt > after.expiresAt || (expiresAt === after.expiresAt && id > after.id));

/** Returns the TTL in seconds; 0 for a record without an end. */
const ttlOf = ({ expiresAt }: Artifact, now: number): number => (expiresAt === null ? 0 : ttlUntil(expiresAt, now));

function fieldsOf(artifact: Artifact): string[] {
  return fieldNames.flatMap((name) => {
    const value = artifact[name];
    return value === null || value === undefined ? [] : [name, String(value)];
  });
}

function artifactOf(model: string, id: string, values: readonly (string | null)[]): Artifact | null {
  const [payload = null, grantId = null, uid = null, userCode = null, expiresAt = null, consumedAt = null, owner] =
    values;
  if (payload === null) return null;
  return {
    model,
    id,
    payload,
    grantId,
    uid,
    userCode,
    expiresAt: numberOf(expiresAt),
    consumedAt: numberOf(consumedAt),
    ...(owner && { owner }),
  };
}

const numberOf = (value: string | null): number | null => (value === null ? null : Number(value));
