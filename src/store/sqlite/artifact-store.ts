// ArtifactStore over SQLite: the records of oidc-provider. Consuming and inserting are single conditional
// statements, and the number of changed rows tells who won (security.md A3: a code is redeemed once).
import type { Clock } from '../../clock.ts';
import type { Artifact, ArtifactStore } from '../../oidc/artifact-store.ts';
import type { Database, Row } from './database.ts';

const columns = 'model, id, payload, grant_id, uid, user_code, expires_at, consumed_at, written, owner';
/** Takes the present time as its parameter. */
const isLive = '(expires_at IS NULL OR expires_at > ?)';
const putSql = `INSERT INTO artifacts (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
    user_code = excluded.user_code, expires_at = excluded.expires_at, written = excluded.written,
    owner = excluded.owner`;
// An expired record counts as absent: its `consumed_at` is forgotten, and an insert may replace it.
const upsertSql = `${putSql}, consumed_at = coalesce(iif(artifacts.expires_at <= ?, NULL, consumed_at), excluded.consumed_at)`;
const insertSql = `${putSql}, consumed_at = excluded.consumed_at WHERE artifacts.expires_at <= ?`;

export function createArtifactStore(database: Database, clock: Clock): ArtifactStore {
  let written = 0;
  // Orders the writes of one uid. It rises with every write of this process, since two writes may share a
  // microsecond of the clock.
  const nextWritten = (): number => {
    written = Math.max(written + 1, Date.now() * 1000);
    return written;
  };
  const valuesOf = (artifact: Artifact) =>
    [
      artifact.model,
      artifact.id,
      artifact.payload,
      artifact.grantId,
      artifact.uid,
      artifact.userCode,
      artifact.expiresAt,
      artifact.consumedAt,
      nextWritten(),
      artifact.owner ?? null,
    ] as const;
  /** Returns the record written last among those that are not expired. */
  const findBy = (column: 'id' | 'uid' | 'user_code', model: string, value: string): Artifact | null => {
    const sql = `SELECT ${columns} FROM artifacts WHERE ${column} = ? AND model = ? AND ${isLive} ORDER BY written DESC LIMIT 1`;
    return artifactOf(database.get(sql, value, model, clock()));
  };

  /** Lists records that are not expired: those without an end first, then by latest end. */
  const listBy = (column: 'owner' | 'grant_id', model: string, value: string, limit: number): Artifact[] => {
    const order = 'ORDER BY coalesce(expires_at, 9e15) DESC, written DESC';
    const sql = `SELECT ${columns} FROM artifacts WHERE ${column} = ? AND model = ? AND ${isLive} ${order} LIMIT ?`;
    return database.all(sql, value, model, clock(), limit).flatMap((row) => artifactOf(row) ?? []);
  };

  return {
    async upsert(artifact) {
      database.run(upsertSql, ...valuesOf(artifact), clock());
    },
    insert: async (artifact) => database.run(insertSql, ...valuesOf(artifact), clock()) === 1,
    find: async (model, id) => findBy('id', model, id),
    findByUid: async (model, uid) => findBy('uid', model, uid),
    findByUserCode: async (model, userCode) => findBy('user_code', model, userCode),
    async consume(model, id, now) {
      const sql = `UPDATE artifacts SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL AND ${isLive}`;
      return database.run(sql, now, model, id, clock()) === 1;
    },
    destroy: async (model, id) =>
      database.run(`DELETE FROM artifacts WHERE model = ? AND id = ? AND ${isLive}`, model, id, clock()) === 1,
    listByOwner: async (model, owner, limit) => listBy('owner', model, owner, limit),
    listByGrant: async (model, grantId, limit) => listBy('grant_id', model, grantId, limit),
    async pageByGrant(model, grantId, { after, limit }) {
      const sql = `SELECT ${columns} FROM artifacts WHERE grant_id = ? AND model = ? AND expires_at > ?
        AND (expires_at, id) > (?, ?) ORDER BY expires_at, id LIMIT ?`;
      const rows = database.all(sql, grantId, model, clock(), after?.expiresAt ?? 0, after?.id ?? '', limit);
      return rows.map(artifactOf).filter((artifact) => artifact !== null);
    },
    async revokeByGrant(model, grantId) {
      database.run('DELETE FROM artifacts WHERE grant_id = ? AND model = ?', grantId, model);
    },
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Makes an Artifact of a row. Absent columns are null, but `owner` is left out when it is null. */
function artifactOf(row: Row | null): Artifact | null {
  if (!row) return null;
  return {
    model: String(row.model),
    id: String(row.id),
    payload: String(row.payload),
    grantId: textOrNull(row.grant_id),
    uid: textOrNull(row.uid),
    userCode: textOrNull(row.user_code),
    expiresAt: numberOrNull(row.expires_at),
    consumedAt: numberOrNull(row.consumed_at),
    ...(row.owner !== null && { owner: String(row.owner) }),
  };
}
