// Measures every page of the console and the administration API that shows a list or one entry of many:
// median milliseconds over real HTTP, at several sizes in turns. A new page is one more line here.
import { adminScopes } from '../src/core/client/client-schema.ts';
import type { Store } from '../src/store/store.ts';
import { openConsoleBrowser } from '../test/support/console-browser.ts';
import { createVirtualPhone } from '../test/support/virtual-phone.ts';
import type { Served } from './processes.ts';
import { accountId, clientId, clientName, half, rareEvent, type Sizes, username } from './seed.ts';
import { createSocketClient, type SocketClient } from './socket-client.ts';
import { percentile } from './table.ts';

type PathOf = (sizes: Sizes) => string;
/** A server, its client, and the size of its store. */
export type Side = {
  readonly server: Served;
  readonly sizes: Sizes;
  readonly token: string;
  readonly cookie: string;
};

export const scopes = adminScopes.join(' ');
/** A cursor is the key of the last entry, so the middle of a list costs as much as its end. */
const cursor = (key: string) => Buffer.from(key).toString('base64url');
const middleClient: PathOf = ({ clients }) => cursor(clientName(half(clients)).toLowerCase());
const middleAccount: PathOf = ({ accounts }) => cursor(username(half(accounts)));
const oneClient: PathOf = ({ clients }) => clientId(half(clients));
const oneAccount: PathOf = ({ accounts }) => accountId(half(accounts));

const apiPages: Record<string, PathOf> = {
  'clients, first': () => 'clients?limit=50',
  'clients, middle': (sizes) => `clients?limit=50&cursor=${middleClient(sizes)}`,
  'clients, search': () => 'clients?limit=50&search=client%2000005',
  client: (sizes) => `clients/${oneClient(sizes)}`,
  'accounts, first': () => 'accounts?limit=50',
  'accounts, middle': (sizes) => `accounts?limit=50&cursor=${middleAccount(sizes)}`,
  'accounts, search': () => 'accounts?limit=50&search=person-00005',
  account: (sizes) => `accounts/${oneAccount(sizes)}`,
  'devices of an account': (sizes) => `accounts/${oneAccount(sizes)}/devices`,
  'approvals of an account': (sizes) => `accounts/${oneAccount(sizes)}/approvals`,
  'grants of an account': (sizes) => `accounts/${oneAccount(sizes)}/grants`,
  'audit, first': () => 'audit?limit=50',
  'audit, of a client': (sizes) => `audit?limit=50&client=${oneClient(sizes)}`,
  'audit, of an account': (sizes) => `audit?limit=50&account=${oneAccount(sizes)}`,
  'audit, a rare event': () => `audit?limit=50&event=${rareEvent}`,
  'statistics, 30 days': () => 'statistics?range=30d',
  invitations: () => 'invitations?limit=50',
  'registration tokens': () => 'registration-tokens?limit=50',
  keys: () => 'keys',
};

const consolePages: Record<string, PathOf> = {
  overview: () => 'overview',
  'clients, first': () => 'clients',
  'clients, middle': (sizes) => `clients?after=${middleClient(sizes)}`,
  'clients, search': () => 'clients?search=client%2000005',
  client: (sizes) => `clients/${oneClient(sizes)}`,
  'client, connect': (sizes) => `clients/${oneClient(sizes)}/connect`,
  'client, claims': (sizes) => `clients/${oneClient(sizes)}/claims`,
  'client, try it': (sizes) => `clients/${oneClient(sizes)}/try`,
  'accounts, first': () => 'accounts',
  'accounts, middle': (sizes) => `accounts?after=${middleAccount(sizes)}`,
  'accounts, search': () => 'accounts?search=person-00005',
  account: (sizes) => `accounts/${oneAccount(sizes)}`,
  invitations: () => 'invitations',
  'activity, first': () => 'activity',
  'activity, of a client': (sizes) => `activity?client=${oneClient(sizes)}`,
  'activity, of an account': (sizes) => `activity?account=${username(half(sizes.accounts))}`,
  'activity, a rare event': () => `activity?event=${rareEvent}`,
  keys: () => 'keys',
  registration: () => 'registration',
};

/** @param store the server's own, to make Alice an administrator. @returns the console's cookies */
export async function signInToConsole({ issuer }: Served, store: Store): Promise<string> {
  const alice = await store.accounts.findByUsername('alice');
  if (!alice) throw new Error('there is no demo account');
  await store.accounts.update(alice.id, (current) => ({ ...current, roles: ['administrator'] }));
  const phone = createVirtualPhone({ issuer });
  await phone.signIn('alice', 'tessera-demo-alice');
  const { cookies } = await openConsoleBrowser({ issuer }, phone);
  return [...cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
}

const warmRounds = 6;
const leastRounds = 9;

/**
 * Measures each page on each side for about `seconds`. Sides and pages take turns, so that a noisy moment
 * affects all.
 * @returns median milliseconds of each page, one for each side
 */
export async function timePages(sides: readonly Side[], seconds: number): Promise<Record<string, number[]>> {
  const asking = sides.map((side) => ({ side, client: createSocketClient(side.server.port) }));
  const medians: Record<string, number[]> = {};
  const kept = new Map(pages.map((page) => [page, sides.map((): number[] => [])]));
  const endsAt = performance.now() + seconds * 1000;
  for (let round = 0; round < warmRounds + leastRounds || performance.now() < endsAt; round++) {
    for (const [page, times] of kept) {
      for (const [i, { side, client }] of asking.entries()) {
        const ms = await ask(client, page, side);
        // The first requests include compiling, so they are not counted.
        if (round >= warmRounds) times[i]?.push(ms);
      }
    }
  }
  for (const { client } of asking) client.close();
  for (const [{ name }, times] of kept) medians[name] = times.map((each) => percentile(each, 0.5));
  return medians;
}

async function ask(client: SocketClient, { name, path, headers }: Page, side: Side): Promise<number> {
  const startedAt = performance.now();
  const { status, text } = await client.request('GET', path(side.sizes), headers(side));
  if (status !== 200) throw new Error(`${name}: ${status} ${text.slice(0, 200)}`);
  return performance.now() - startedAt;
}

type Page = {
  readonly name: string;
  readonly path: PathOf;
  readonly headers: (side: Side) => Record<string, string>;
};
const pages: readonly Page[] = [
  ...Object.entries(apiPages).map(([name, path]) => ({
    name: `API: ${name}`,
    path: (sizes: Sizes) => `/admin/v1/${path(sizes)}`,
    headers: ({ token }: Side) => ({ authorization: `Bearer ${token}` }),
  })),
  ...Object.entries(consolePages).map(([name, path]) => ({
    name: `console: ${name}`,
    path: (sizes: Sizes) => `/admin/${path(sizes)}`,
    headers: ({ cookie }: Side) => ({ cookie, accept: 'text/html' }),
  })),
];
