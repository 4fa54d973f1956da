// Every list that grows, as pages of the API and of the console: median milliseconds of each over real HTTP. A new list is a line here.
import { randomBytes } from 'node:crypto';
import type { Account, AccountId } from '../src/account/account.ts';
import { adminScopes } from '../src/client/client-schema.ts';
import type { Store } from '../src/store/store.ts';
import { openConsoleBrowser } from '../test/support/console-browser.ts';
import { createVirtualPhone } from '../test/support/virtual-phone.ts';
import type { Served } from './processes.ts';
import { createSocketClient } from './socket-client.ts';
import { percentile } from './table.ts';

export type Sizes = { readonly clients: number; readonly accounts: number };
type ListPage = { readonly name: string; readonly by: 'api' | 'console'; readonly path: (sizes: Sizes) => string };

export const scopes = adminScopes.join(' ');
const number = (i: number) => String(i).padStart(6, '0');
export const clientName = (i: number) => `Client ${number(i)}`;
const username = (i: number) => `person-${number(i)}`;
/** Cursors are the key of the last entry; the middle of a list costs what its end does. */
const cursor = (key: string) => Buffer.from(key).toString('base64url');
const half = (count: number) => Math.floor(count / 2);

const pages: readonly ListPage[] = [
  { name: 'clients, first', by: 'api', path: () => '/admin/v1/clients?limit=50' },
  {
    name: 'clients, middle',
    by: 'api',
    path: ({ clients }) => `/admin/v1/clients?limit=50&cursor=${cursor(clientName(half(clients)).toLowerCase())}`,
  },
  { name: 'clients, search', by: 'api', path: () => '/admin/v1/clients?limit=50&search=client%2000005' },
  { name: 'accounts, first', by: 'api', path: () => '/admin/v1/accounts?limit=50' },
  {
    name: 'accounts, middle',
    by: 'api',
    path: ({ accounts }) => `/admin/v1/accounts?limit=50&cursor=${cursor(username(half(accounts)))}`,
  },
  { name: 'accounts, search', by: 'api', path: () => '/admin/v1/accounts?limit=50&search=person-00005' },
  { name: 'audit, first', by: 'api', path: () => '/admin/v1/audit?limit=50' },
  { name: 'clients, first', by: 'console', path: () => '/admin/clients' },
  {
    name: 'clients, middle',
    by: 'console',
    path: ({ clients }) => `/admin/clients?after=${cursor(clientName(half(clients)).toLowerCase())}`,
  },
  { name: 'clients, search', by: 'console', path: () => '/admin/clients?search=client%2000005' },
];

/** Straight into the store, many at once; nobody of them has a password. */
export async function seedAccounts(store: Store, from: number, to: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const account = (i: number): Account => ({
    id: randomBytes(16).toString('base64url') as AccountId,
    username: username(i),
    displayName: `Person ${number(i)}`,
    email: `${username(i)}@example.com`,
    emailVerified: true,
    phoneNumber: null,
    locale: null,
    passwordHash: null,
    roles: [],
    disabledAt: null,
    createdAt: now,
    updatedAt: now,
    revision: 1,
  });
  for (let first = from; first < to; first += 500) {
    const count = Math.min(500, to - first);
    await Promise.all(Array.from({ length: count }, (_, i) => store.accounts.create(account(first + i))));
  }
}

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

/** Median milliseconds by page. */
export async function timePages(server: Served, as: { token: string; cookie: string }, sizes: Sizes, rounds: number) {
  const client = createSocketClient(server.port);
  const medians: Record<string, number> = {};
  for (const { name, by, path } of pages) {
    const headers = by === 'api' ? { authorization: `Bearer ${as.token}` } : { cookie: as.cookie, accept: 'text/html' };
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const startedAt = performance.now();
      const { status, text } = await client.request('GET', path(sizes), headers as Record<string, string>);
      if (status !== 200) throw new Error(`${by} ${name}: ${status} ${text.slice(0, 200)}`);
      times.push(performance.now() - startedAt);
    }
    medians[`${by}: ${name}`] = percentile(times.slice(times.length / 3), 0.5);
  }
  client.close();
  return medians;
}
