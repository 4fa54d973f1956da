// What size costs: every list page at 100 and at 10,000 clients and 100,000 accounts, and a sign-in of a client that is stored instead of configured.
// On both stores, within one run.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClients } from '../src/client/clients.ts';
import { systemClock } from '../src/clock.ts';
import { openStore, type StoreSettings } from '../src/store/open.ts';
import { startRedisServer } from '../test/support/redis-server.ts';
import { redirectUri } from '../test/support/waiting-browser.ts';
import { clientName, type Sizes, scopes, seedAccounts, signInToConsole, timePages } from './list-pages.ts';
import { cpuSeconds, type Served, startTessera } from './processes.ts';
import { startLoad } from './rate.ts';
import { qrWorker, signedInPhone } from './sign-ins.ts';
import { printTable } from './table.ts';

type Machine = { id: string; secret: string };
type Place = { name: string; settings: StoreSettings; env: Record<string, string>; clean: () => Promise<unknown> };

/** The server is started twice on one store. */
const oneKey = () => ({ TESSERA_ENCRYPTION_KEY: randomBytes(32).toString('base64url') });

async function onSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-bench-admin-'));
  const path = join(folder, 'tessera.sqlite');
  const clean = () => rm(folder, { recursive: true, force: true });
  return { name: 'SQLite', settings: { kind: 'sqlite', path }, env: { TESSERA_STORE_PATH: path, ...oneKey() }, clean };
}

async function onRedis(): Promise<Place> {
  const { url, stop } = await startRedisServer();
  const settings = { kind: 'redis', url, key_prefix: 'tessera:' } as const;
  return {
    name: 'Redis',
    settings,
    env: { TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: url, ...oneKey() },
    clean: stop,
  };
}

/** Clients by the use-case that the API has too, and a machine that may read them. */
async function seed({ settings }: Place, from: Sizes, to: Sizes): Promise<Machine> {
  const store = await openStore(settings, systemClock);
  const clients = createClients({ store: store.clients, configured: [], clock: systemClock, judge: async () => null });
  await seedAccounts(store, from.accounts, to.accounts);
  for (let i = from.clients; i < to.clients; i++) {
    const common = { redirect_uris: [redirectUri], scope: 'openid profile email', token_endpoint_auth_method: 'none' };
    await clients.create({ client_id: `stored-${i}`, client_name: clientName(i), ...common });
  }
  const machine = { client_name: 'Bench', grant_types: ['client_credentials'], scope: scopes };
  const { client, secret } = await clients.create(machine);
  await store.close();
  return { id: client.id, secret: secret ?? '' };
}

async function tokenOf({ issuer }: Served, { id, secret }: Machine): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${issuer}/admin`, scope: scopes }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function pages(place: Place, server: Served, machine: Machine, sizes: Sizes, isQuick: boolean) {
  const store = await openStore(place.settings, systemClock);
  const cookie = await signInToConsole(server, store);
  await store.close();
  return timePages(server, { token: await tokenOf(server, machine), cookie }, sizes, isQuick ? 40 : 300);
}

/** Processor milliseconds of a sign-in, each kind twice and by turns, so that a noisy moment meets both. */
async function signIns(server: Served, isQuick: boolean) {
  const spent: Record<string, number[]> = { 'dev-public': [], 'stored-7': [] };
  for (const clientId of ['dev-public', 'stored-7', 'dev-public', 'stored-7', 'stored-7', 'dev-public']) {
    const workers = [];
    for (let i = 0; i < 4; i++) workers.push(qrWorker(server, await signedInPhone(server), clientId));
    const load = startLoad(workers);
    await setTimeout(isQuick ? 500 : 2000);
    const [from, cpuFrom] = [load.count(), await cpuSeconds(server.pid)];
    await setTimeout(isQuick ? 1000 : 5000);
    spent[clientId]?.push((((await cpuSeconds(server.pid)) - cpuFrom) * 1000) / (load.count() - from));
    await load.stop();
  }
  // The first of all paid for compiling.
  const least = (clientId: string) => Math.min(...(spent[clientId] ?? []));
  return { configured: least('dev-public'), stored: least('stored-7') };
}

export async function measureAdmin({ isQuick }: { isQuick: boolean }): Promise<object> {
  const results: Record<string, object> = {};
  const rows: string[][] = [];
  const few: Sizes = isQuick ? { clients: 20, accounts: 20 } : { clients: 100, accounts: 100 };
  const many: Sizes = isQuick ? { clients: 200, accounts: 2000 } : { clients: 10_000, accounts: 100_000 };
  for (const open of [onSqlite, onRedis]) {
    const place = await open();
    const measure = async (from: Sizes, to: Sizes) => {
      const machine = await seed(place, from, to);
      const server = await startTessera(place.env);
      const medians = await pages(place, server, machine, to, isQuick);
      const cost = to === many ? await signIns(server, isQuick) : null;
      await server.stop();
      return { medians, cost };
    };
    const [small, large] = [await measure({ clients: 0, accounts: 0 }, few), await measure(few, many)];
    await place.clean();
    results[place.name] = { small, large };
    for (const [name, ms] of Object.entries(large.medians)) {
      const before = small.medians[name] ?? Number.NaN;
      rows.push([place.name, name, `${before.toFixed(1)} ms`, `${ms.toFixed(1)} ms`, (ms / before).toFixed(2)]);
    }
    const { configured, stored } = large.cost ?? { configured: Number.NaN, stored: Number.NaN };
    const cells = [`${configured.toFixed(1)} ms configured`, `${stored.toFixed(1)} ms stored`];
    rows.push([place.name, 'CPU of a sign-in', ...cells, (stored / configured).toFixed(2)]);
  }
  const head = ['store', 'page', inWords(few), inWords(many), 'ratio'];
  printTable('Lists, and a stored client', head, rows);
  return results;
}

const inWords = ({ clients, accounts }: Sizes): string =>
  `${clients.toLocaleString('en')} clients, ${accounts.toLocaleString('en')} accounts`;
