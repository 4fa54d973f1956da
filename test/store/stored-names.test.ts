// The names that databases keep for screens. Records that an earlier version wrote are read, and records
// that this version writes carry the same names, so that nodes of both versions can work on one database.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import { createKeys } from '../../src/store/redis/keys.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createClock } from './conformance/fixture.ts';
import { buildApproval, buildBrowser, buildNotice, buildTicket } from './records.ts';
import { useServer } from './redis-server-group.ts';

const now = 1_800_000_000;
const screen = { resources: ['https://api.example'], expectedSubject: 'alice' };
const ticket = buildTicket(now, { screen });
const approval = buildApproval(now, { id: 'approval' as ApprovalId, kind: 'screen', sessionUid: 'session' });
const blockedAs = { name: 'Tea TV', system: '', isScreen: true };
const browser = { ...buildBrowser('account', 'hash', 1), blockedAt: 2, blockedAs };
const notice = buildNotice(now);
const noticeOfScreen = { ...notice, about: { ...notice.about, isScreen: true } } as typeof notice;

/** The same four records as version 0.1 wrote them. */
const { screen: _screen, ...restOfTicket } = ticket;
const old = {
  tickets: { ...restOfTicket, device: screen },
  approvals: { ...approval, kind: 'device' },
  browsers: { ...browser, blockedAs: { name: 'Tea TV', system: '', isDevice: true } },
  notices: { ...notice, about: { ...notice.about, isDevice: true } },
};
type Table = keyof typeof old;
const ids = { tickets: ticket.id, approvals: approval.id, browsers: 'hash', notices: notice.id };

type Raw = {
  readonly store: Store;
  read(table: Table): Promise<unknown>;
  write(table: Table, body: unknown): Promise<void>;
  close(): Promise<void>;
};

async function openSqlite(): Promise<Raw> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-stored-'));
  const path = join(folder, 'tessera.db');
  const store = await openSqliteStore({ path, clock: createClock(now) });
  const database = new DatabaseSync(path);
  const where = (table: Table) => `WHERE ${table === 'browsers' ? 'browser_hash' : 'id'} = ?`;
  return {
    store,
    async read(table) {
      const row = database.prepare(`SELECT body FROM ${table} ${where(table)}`).get(ids[table]);
      return JSON.parse(String(row?.body));
    },
    async write(table, body) {
      database.prepare(`UPDATE ${table} SET body = ? ${where(table)}`).run(JSON.stringify(body), ids[table]);
    },
    async close() {
      database.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

const server = useServer();

async function openRedis(): Promise<Raw> {
  const { store, keyPrefix, close } = await server.open();
  const redis = new Redis(server.server.url);
  const keys = createKeys(keyPrefix);
  const keyOf = {
    tickets: keys.ticket(ticket.id),
    approvals: keys.approval(approval.id),
    browsers: keys.browsersOfAccount('account'),
    notices: keys.notice(notice.id),
  };
  return {
    store,
    async read(table) {
      const body = table === 'browsers' ? redis.hget(keyOf.browsers, 'hash') : redis.get(keyOf[table]);
      return JSON.parse(String(await body));
    },
    async write(table, body) {
      const text = JSON.stringify(body);
      if (table === 'browsers') await redis.hset(keyOf.browsers, 'hash', text);
      else await redis.set(keyOf[table], text, 'KEEPTTL');
    },
    async close() {
      redis.disconnect();
      await close();
    },
  };
}

describe.each([
  ['SQLite', openSqlite],
  ['Redis', openRedis],
])('stored names on %s', (_name, open) => {
  let raw: Raw;
  beforeEach(async () => {
    raw = await open();
    await raw.store.tickets.create(ticket);
    await raw.store.approvals.create({ ...approval, browserAddress: null });
    await raw.store.browsers.upsert('account', 'hash', () => browser);
    await raw.store.notices.create(noticeOfScreen);
  });
  afterEach(() => raw.close());

  it('writes the published names', async () => {
    expect(await raw.read('tickets')).toEqual(old.tickets);
    expect(await raw.read('approvals')).toEqual({ ...old.approvals, browserAddress: null });
    expect(await raw.read('browsers')).toEqual(old.browsers);
    expect(await raw.read('notices')).toEqual(old.notices);
  });

  it('reads records of an earlier version by every look-up', async () => {
    for (const table of Object.keys(old) as Table[]) await raw.write(table, { ...old[table], browserAddress: null });
    const { tickets, approvals, browsers, notices } = raw.store;
    const pace = { firstSeconds: 4, addedSeconds: 5 };
    for (const found of [
      await tickets.find(ticket.id),
      await tickets.findByUserCode(ticket.userCodeHash),
      await tickets.findByInteraction(ticket.interactionId),
      (await tickets.poll(ticket.id, pace, now))?.ticket,
    ]) {
      expect(found).toMatchObject({ screen });
      expect(found).not.toHaveProperty('device');
    }
    for (const found of [
      await approvals.find(approval.id),
      await approvals.findBySession('session'),
      ...(await approvals.listByAccount('account', 1)),
    ])
      expect(found?.kind).toBe('screen');
    for (const found of [
      await browsers.find('account', 'hash'),
      ...(await browsers.listByAccount('account')),
      ...(await browsers.listByBrowser('hash')),
    ])
      expect(found?.blockedAs).toEqual(blockedAs);
    for (const found of [
      await notices.find(notice.id),
      await notices.findBySecret(notice.secretHash ?? ''),
      ...(await notices.listByAccount('account', 1)),
    ])
      expect(found?.about).toEqual(noticeOfScreen.about);
  });

  it('changes records of an earlier version and keeps their names', async () => {
    for (const table of Object.keys(old) as Table[]) await raw.write(table, old[table]);
    const { tickets, approvals, browsers, notices } = raw.store;
    const state = 'cancelled';
    expect(await tickets.update(ticket.id, (before) => ({ ...before, state }))).toEqual({ ...ticket, state });
    expect((await approvals.update(approval.id, (before) => ({ ...before, endedAt: 7 })))?.kind).toBe('screen');
    const trusted = await browsers.upsert('account', 'hash', (before) => ({ ...(before ?? browser), trusted: true }));
    expect(trusted).toEqual({ ...browser, trusted: true });
    const ended = await notices.update(notice.id, (before) => ({ ...before, endedAt: 7 }));
    expect(ended).toEqual({ ...noticeOfScreen, endedAt: 7 });
    expect(await raw.read('tickets')).toEqual({ ...old.tickets, state });
    expect(await raw.read('approvals')).toEqual({ ...old.approvals, endedAt: 7 });
    expect(await raw.read('browsers')).toEqual({ ...old.browsers, trusted: true });
    expect(await raw.read('notices')).toEqual({ ...old.notices, endedAt: 7 });
  });
});
