// Measures how pages depend on size: every page of the console and the administration API at 100 clients,
// and at 10,000 clients and 100,000 accounts; and a sign-in of a stored client beside one of a configured
// client. On both stores, both sizes within one run.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { createClients } from '../src/core/client/clients.ts';
import { openStore, type StoreSettings } from '../src/store/open.ts';
import { defaultRetention } from '../src/store/retention.ts';
import type { Store } from '../src/store/store.ts';
import { startRedisServer } from '../test/support/redis-server.ts';
import { compareCosts } from './costs.ts';
import { type Side, scopes, signInToConsole, timePages } from './list-pages.ts';
import { type Served, startTessera } from './processes.ts';
import { progress } from './progress.ts';
import { clientId, inWords, type Sizes, seed, tokensFor } from './seed.ts';
import { type Phone, signedInPhone } from './sign-ins.ts';
import { printTable } from './table.ts';

type Place = { settings: StoreSettings; env: Record<string, string>; clean: () => Promise<unknown> };
type Standing = Side & { stop(): Promise<void> };

async function onSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-bench-admin-'));
  const path = join(folder, 'tessera.sqlite');
  const clean = () => rm(folder, { recursive: true, force: true });
  return { settings: { kind: 'sqlite', path }, env: { TESSERA_STORE_PATH: path }, clean };
}

async function onRedis(): Promise<Place> {
  const { url, stop } = await startRedisServer();
  return {
    settings: { kind: 'redis', url, key_prefix: 'tessera:' },
    env: { TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: url },
    clean: stop,
  };
}

/**
 * Starts a server over a store of this size, with a signed-in console user and a client that may use its
 * API.
 */
async function stand(name: string, place: Place, sizes: Sizes): Promise<Standing> {
  const { settings, env, clean } = place;
  await seed(name, settings, sizes);
  const server = await startTessera({ ...env, TESSERA_REGISTRATION_ENABLED: 'true' });
  const store = await openStore(settings, systemClock, defaultRetention);
  const token = await tokenOf(server, store);
  const cookie = await signInToConsole(server, store);
  await store.close();
  await makeRegistrationTokens(server, token, tokensFor(sizes));
  const stop = async () => {
    await server.stop();
    await clean();
  };
  return { server, sizes, token, cookie, stop };
}

async function tokenOf({ issuer }: Served, store: Store): Promise<string> {
  const clients = createClients({
    store: store.clients,
    configured: [],
    clock: systemClock,
    judge: async () => null,
    forgetConsents: store.consents.deleteByClient,
  });
  const machine = { client_name: 'Bench', grant_types: ['client_credentials'], scope: scopes };
  const { client, secret } = await clients.create(machine);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${issuer}/admin`, scope: scopes }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Creates the registration tokens through the server, because the server seals them. */
async function makeRegistrationTokens({ issuer }: Served, token: string, count: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const make = async (i: number) => {
    const body = JSON.stringify({ name: `Token ${i}`, uses: 1, days: 7 });
    const { status } = await fetch(`${issuer}/admin/v1/registration-tokens`, { method: 'POST', headers, body });
    if (status !== 201) throw new Error(`registration token: ${status}`);
  };
  for (let i = 0; i < count; i++) await make(i);
}

/** A client of the configuration, and one of the database. */
async function signInCosts(server: Served, isQuick: boolean): Promise<[number, number]> {
  const phones: Phone[] = [];
  for (let i = 0; i < 4; i++) phones.push(await signedInPhone(server));
  const stored = { phones, change: { client_id: clientId(7) } };
  return compareCosts(server, [{ phones, change: {} }, stored], isQuick);
}

async function measureStore(name: string, open: () => Promise<Place>, sizes: readonly Sizes[], isQuick: boolean) {
  const standing: Standing[] = [];
  for (const each of sizes) standing.push(await stand(name, await open(), each));
  progress(`${name}: servers stand`);
  try {
    const medians = await timePages(standing, isQuick ? 1 : 10);
    progress(`${name}: pages timed; load of the machine ${loadavg()[0]?.toFixed(1)}`);
    const costs = await signInCosts((standing.at(-1) as Standing).server, isQuick);
    progress(`${name}: sign-ins timed`);
    return { medians, costs };
  } finally {
    for (const { stop } of standing) await stop();
  }
}

export async function measureAdmin({ isQuick }: { isQuick: boolean }): Promise<object> {
  const few: Sizes = isQuick ? { clients: 20, accounts: 20 } : { clients: 100, accounts: 100 };
  const many: Sizes = isQuick ? { clients: 200, accounts: 2000 } : { clients: 10_000, accounts: 100_000 };
  const results: Record<string, Awaited<ReturnType<typeof measureStore>>> = {};
  const rows: string[][] = [];
  for (const [name, open] of Object.entries({ SQLite: onSqlite, Redis: onRedis })) {
    const { medians, costs } = await measureStore(name, open, [few, many], isQuick);
    results[name] = { medians, costs };
    const row = (what: string, [before = Number.NaN, after = Number.NaN]: readonly number[]) =>
      rows.push([name, what, `${before.toFixed(1)} ms`, `${after.toFixed(1)} ms`, (after / before).toFixed(2)]);
    for (const [page, pair] of Object.entries(medians)) row(page, pair);
    row('processor time of a sign-in: client configured, stored', costs);
  }
  printTable('Administration, and a stored client', ['store', 'page', inWords(few), inWords(many), 'ratio'], rows);
  return results;
}
