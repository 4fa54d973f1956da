// SQLite against the conformance suite, and what only a file has: its mode, its processes, its sweep.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { createArtifactStore } from '../../src/store/sqlite/artifact-store.ts';
import { busyTimeoutMs, openDatabase } from '../../src/store/sqlite/database.ts';
import { startExpirySweep } from '../../src/store/sqlite/expiry-sweep.ts';
import { createLimitStore } from '../../src/store/sqlite/limit-store.ts';
import { createSharedCommit } from '../../src/store/sqlite/shared-commit.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';
import { everyPortConformance } from './conformance/every-port.ts';
import { createClock, type OpenedStore } from './conformance/fixture.ts';
import { buildAccount, buildArtifact, buildClient, buildRecord } from './records.ts';

const client = buildClient('web');
const code = buildArtifact(0, { id: 'code', expiresAt: null });

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-sqlite-'));
  folders.push(folder);
  return folder;
}

async function open(): Promise<OpenedStore> {
  const folder = await newFolder();
  const path = join(folder, 'data', 'tessera.db');
  const clock = createClock();
  const stores: Store[] = [];
  const openAnother = async (): Promise<Store> => {
    const store = await openSqliteStore({ path, clock });
    stores.push(store);
    return store;
  };
  const store = await openAnother();
  return {
    store,
    clock,
    openAnother,
    async dump() {
      const names = await readdir(join(folder, 'data'));
      const files = await Promise.all(names.map((name) => readFile(join(folder, 'data', name), 'latin1')));
      return files.join('\n');
    },
    async close() {
      for (const opened of stores) await opened.close();
    },
  };
}

everyPortConformance('SQLite', open, { reachOthers: false });

describe('SQLite: the file', () => {
  it('is readable by its owner only, like the files that SQLite puts beside it', async () => {
    const folder = await newFolder();
    const store = await openSqliteStore({ path: join(folder, 'deep', 'er', 'tessera.db'), clock: createClock() });
    await store.limits.add('key', 1, 60, 0);
    const names = await readdir(join(folder, 'deep', 'er'));
    expect(names).toContain('tessera.db-wal');
    for (const name of names) expect((await stat(join(folder, 'deep', 'er', name))).mode & 0o077).toBe(0);
    await store.close();
  });

  it('migrates accounts and audit records of earlier releases', async () => {
    const path = join(await newFolder(), 'tessera.db');
    const old = new DatabaseSync(path);
    old.exec('CREATE TABLE migrations (name TEXT PRIMARY KEY)');
    const folder = new URL('../../src/store/sqlite/migrations/', import.meta.url);
    for (const name of (await readdir(folder)).sort().filter((each) => each < '005')) {
      old.exec(await readFile(new URL(name, folder), 'utf8'));
      old.prepare('INSERT INTO migrations VALUES (?)').run(name);
    }
    const { roles: _roles, revision: _revision, ...account } = buildAccount('alice');
    const body = JSON.stringify({ ...account, displayName: 'Liddell', email: 'A@Example.com' });
    old.prepare('INSERT INTO accounts VALUES (?, ?, ?)').run(account.id, 'alice', body);
    const boss = { ...buildAccount('boss'), displayName: 'Boss', roles: ['administrator'] };
    old.prepare('INSERT INTO accounts VALUES (?, ?, ?)').run(boss.id, 'boss', JSON.stringify(boss));
    const record = buildRecord(1_799_999_000);
    const insert = old.prepare('INSERT INTO audit (ticket_id, account_id, body) VALUES (?, ?, ?)');
    insert.run(record.ticketId, record.accountId, JSON.stringify(record));
    old.close();

    const store = await openSqliteStore({ path, clock: createClock() });
    for (const search of ['ali', 'LIDD', 'a@ex']) {
      expect((await store.accounts.page({ search, limit: 5 })).accounts).toMatchObject([{ id: account.id, roles: [] }]);
    }
    expect(await store.accounts.hasRole('administrator')).toBe(true);
    expect(await store.accounts.hasRole('auditor')).toBe(false);
    for (const query of [{ accountId: 'account' }, { clientId: 'web' }, { from: record.at, to: record.at }]) {
      expect((await store.audit.query({ ...query, limit: 5 })).records).toEqual([record]);
    }
    await store.close();
  });

  it('can be memory', async () => {
    const store = await openSqliteStore({ path: ':memory:', clock: createClock() });
    expect(await store.limits.add('key', 1, 60, 0)).toEqual({ count: 1, resetsAt: 60 });
    await store.close();
  });

  it('I1 is rejected with its name when it is not a database or cannot be created', async () => {
    const path = join(await newFolder(), 'notes.txt');
    await writeFile(path, 'these are only notes, but quite a few of them, more than any header has. '.repeat(100));
    const opened = openSqliteStore({ path, clock: createClock() });
    await expect(opened).rejects.toThrow(StoreUnavailableError);
    await expect(opened).rejects.toThrow(path);
    const below = openSqliteStore({ path: join(path, 'below', 'tessera.db'), clock: createClock() });
    await expect(below).rejects.toThrow(StoreUnavailableError);
  });

  it('is rejected and left unchanged when a later release wrote it', async () => {
    const path = join(await newFolder(), 'later.db');
    await (await openSqliteStore({ path, clock: createClock() })).close();
    const later = new DatabaseSync(path);
    later.exec("INSERT INTO migrations VALUES ('999-later.sql')");
    later.close();
    const opened = openSqliteStore({ path, clock: createClock() });
    await expect(opened).rejects.toThrow(StoreUnavailableError);
    await expect(opened).rejects.toThrow(/later\.db cannot be opened: it was written by a later release/);
  });

  it('A6 loses nothing and consumes once when several threads write at the same time', async () => {
    const path = join(await newFolder(), 'tessera.db');
    const store = await openSqliteStore({ path, clock: createClock() });
    await store.clients.create(client);
    await store.artifacts.upsert(code);
    const rounds = 250;
    const writers = [1, 2, 3].map(() => startWriter({ path, client, code, rounds }));
    await Promise.all(writers.map((writer) => once(writer, 'message')));
    const results = writers.map((writer) => once(writer, 'message'));
    for (const writer of writers) writer.postMessage('start');
    const consumed = (await Promise.all(results)).flat();
    expect(consumed.reduce((total, count) => total + count, 0)).toBe(1);
    expect((await store.limits.read('key', 1))?.count).toBe(rounds * writers.length);
    expect((await store.clients.find(client.id))?.updatedAt).toBe(rounds * writers.length);
    await store.close();
  });

  it('commits the statements of one turn together and rejects only those that fail', async () => {
    const database = openDatabase(join(await newFolder(), 'tessera.db'));
    const share = createSharedCommit(database);
    const add = (key: string) =>
      share(() => database.get(`INSERT INTO limits VALUES (?, 1, 0) RETURNING key`, key)?.key);
    const [first, again, other] = await Promise.allSettled([add('a'), add('a'), add('b')]);
    expect(first).toEqual({ status: 'fulfilled', value: 'a' });
    expect(again).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('UNIQUE') } });
    expect(other).toEqual({ status: 'fulfilled', value: 'b' });
    expect(await Promise.all([add('c'), add('d')])).toEqual(['c', 'd']);
    expect(database.all('SELECT key FROM limits ORDER BY key').map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
    const late = add('e');
    database.close();
    await expect(late).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  });

  it('I1 waits once for a lock that is never released, for all statements of one turn', async () => {
    const path = join(await newFolder(), 'tessera.db');
    const database = openDatabase(path);
    const limits = createLimitStore(database, createSharedCommit(database));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const since = performance.now();
    const told = await Promise.allSettled(['a', 'b', 'c'].map((key) => limits.add(key, 1, 60, 0)));
    for (const each of told)
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailableError' } });
    expect(performance.now() - since).toBeLessThan(2 * busyTimeoutMs);
    other.exec('ROLLBACK');
    other.close();
    expect(await limits.add('a', 1, 60, 0)).toEqual({ count: 1, resetsAt: 60 });
    database.close();
  }, 30_000);

  it('I1 rejects a write for which the disk has no room', async () => {
    const path = join(await newFolder(), 'tessera.db');
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('../../src/store/sqlite/database.ts', import.meta.url).href)};
      const database = openDatabase(${JSON.stringify(path)});
      database.run('CREATE TABLE filling (text TEXT)');
      for (const size of [100_000, 10])
        try { for (;;) database.run('INSERT INTO filling VALUES (?)', 'x'.repeat(size)); } catch {}
      const add = "INSERT INTO limits VALUES ('key', 1, 60) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count";
      let told;
      try { told = database.get(add); } catch (error) { told = error.name; }
      console.log(told, database.get("SELECT count FROM limits WHERE key = 'key'"));`;
    // In blocks of 512 bytes; a file that would grow beyond is refused like one on a full disk.
    const limited = ['-c', 'ulimit -f 6000; exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const { stdout } = await promisify(execFile)('sh', limited);
    expect(stdout).toBe('StoreUnavailableError null\n');
  });

  it('I4 deletes expired rows and no others', async () => {
    const database = openDatabase(join(await newFolder(), 'tessera.db'));
    const clock = createClock();
    const { sweep, stop } = startExpirySweep({ database, clock });
    const artifacts = createArtifactStore(database, clock);
    const limits = createLimitStore(database, createSharedCommit(database));
    for (let index = 0; index < 1200; index++) {
      await artifacts.upsert({ ...code, id: `code-${index}`, expiresAt: clock() + 60 });
    }
    await artifacts.upsert({ ...code, id: 'later', expiresAt: clock() + 61 });
    await artifacts.upsert({ ...code, id: 'durable', expiresAt: null });
    await limits.add('key', 1, 60, clock());
    expect(await sweep()).toBe(0);
    clock.now += 60;
    expect(await sweep()).toBe(1201);
    const left = database.all('SELECT id FROM artifacts ORDER BY id').map((row) => row.id);
    expect(left).toEqual(['durable', 'later']);
    stop();
    database.close();
  });
});

const startWriter = (workerData: unknown): Worker =>
  new Worker(new URL('./sqlite-writer.ts', import.meta.url), { workerData });
