// How a new installation gets its first administrator: what the environment may contain, and what a start
// creates or prints.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAdministrator, prepareAdministrator } from '../../src/app/first-administrator.ts';
import { systemClock } from '../../src/clock.ts';
import { ConfigError } from '../../src/config/config.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { startApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { startNode } from '../support/process.ts';

const patience = { timeout: 15_000 };
const password = 'four words make a sentence';
let folder: string;
let passwordHash: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-first-'));
  passwordHash = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const signIn = (issuer: string, username: string) =>
  fetch(`${issuer}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ username, password }) });

describe('the environment', () => {
  it('reads the described administrator, also from files, and null when there is none', async () => {
    expect(loadAdministrator({})).toBeNull();
    const file = join(folder, 'hash');
    await writeFile(file, `${passwordHash}\n`);
    const env = { TESSERA_ADMIN_USERNAME: ' Root ', TESSERA_ADMIN_PASSWORD_HASH_FILE: file };
    expect(loadAdministrator(env)).toEqual({ username: 'root', passwordHash });
    expect(() => loadAdministrator({ ...env, TESSERA_ADMIN_PASSWORD_HASH_FILE: join(folder, 'nowhere') })).toThrow(
      ConfigError,
    );
  });

  it.each([
    ['a password instead of a hash', password, 'is not an argon2id hash'],
    ['another algorithm', '$2b$10$abcdefghijklmnopqrstuuVwxyz0123456789abcdefghijklmnopq', 'is not an argon2id hash'],
    [
      'argon2i',
      '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
      'is not an argon2id hash',
    ],
    ['half a hash', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ', 'is not an argon2id hash'],
    [
      'a parameter too many',
      '$argon2id$v=19$m=19456,t=2,p=1,x=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
      'is not an argon2id hash',
    ],
    ['nothing', '', 'is not an argon2id hash'],
    ['too little memory', '$argon2id$v=19$m=8,t=2,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g', 'is weaker than'],
    ['too few passes', '$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g', 'is weaker than'],
  ])('D1 rejects %s and says how to make a valid one', (_, wrong, sentence) => {
    const load = () => loadAdministrator({ TESSERA_ADMIN_USERNAME: 'root', TESSERA_ADMIN_PASSWORD_HASH: wrong });
    expect(load).toThrow(sentence);
    expect(load).toThrow('npm run tessera -- account hash-password');
    if (wrong !== '') expect(load).not.toThrow(wrong);
  });

  it('rejects a username that cannot be used', () => {
    for (const TESSERA_ADMIN_USERNAME of ['', 'two words']) {
      const env = { TESSERA_ADMIN_USERNAME, TESSERA_ADMIN_PASSWORD_HASH: passwordHash };
      expect(() => loadAdministrator(env)).toThrow('TESSERA_ADMIN_USERNAME: is no username');
    }
  });
});

describe('a start', () => {
  it('E1 creates the described administrator once and never changes an existing account', async () => {
    const app = await startApp();
    try {
      const described = { username: 'root', passwordHash };
      const both = await Promise.all([prepareAdministrator(app, described), prepareAdministrator(app, described)]);
      expect(both).toEqual([null, null]);
      const root = await app.accounts.getByUsername('root');
      expect(root).toMatchObject({ roles: ['administrator'], passwordHash });
      expect((await signIn(app.issuer, 'root')).status).toBe(303);
      // As other tools write it.
      const reordered = passwordHash.replace(/m=(\d+),p=(\d+),t=(\d+)/, 'm=$1,t=$3,p=$2');
      expect(reordered).toMatch(/m=\d+,t=\d+,p=\d+/);
      expect(await prepareAdministrator(app, { username: 'second', passwordHash: reordered })).toBeNull();
      expect((await signIn(app.issuer, 'second')).status).toBe(303);
      const other = await hash('another four words here', { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
      expect(await prepareAdministrator(app, { username: 'ROOT', passwordHash: other })).toBeNull();
      expect(await app.accounts.getByUsername('root')).toEqual(root);

      const alice = await app.accounts.getByUsername('alice');
      const advice = await prepareAdministrator(app, { username: 'alice', passwordHash });
      expect(advice).toContain('npm run tessera -- account role --username alice');
      expect(await app.accounts.getByUsername('alice')).toEqual(alice);
      expect(await prepareAdministrator(app, null)).toBeNull();
    } finally {
      await app.stop();
    }
  });

  it('E1 H4 prints one link outside the log while no administrator exists, and none when the account is configured', async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const env = { TESSERA_STORE_PATH: join(folder, 'process.sqlite'), TESSERA_LOG_LEVEL: 'info' };
    const first = await startNode({ port, issuer, env });
    await expect.poll(first.output, patience).toMatch(/\/link\/[\w-]{43}\n/);
    const [address = ''] = /http:\S+\/link\/[\w-]{43}/.exec(first.output()) ?? [];
    expect((await fetch(address)).status).toBe(200);
    await first.stop();
    const second = await startNode({ port, issuer, env });
    await expect.poll(second.output, patience).toMatch(/\/link\/[\w-]{43}\n/);
    expect((await fetch(address)).status).toBe(404);
    await expect.poll(second.output, patience).toContain('"/link/:secret"');
    expect(second.output()).not.toContain(address);
    await second.stop();

    const described = { TESSERA_ADMIN_USERNAME: 'root', TESSERA_ADMIN_PASSWORD_HASH: passwordHash };
    const third = await startNode({ port, issuer, env: { ...env, ...described } });
    const store = await openSqliteStore({ path: env.TESSERA_STORE_PATH, clock: systemClock });
    await expect.poll(() => store.accounts.findByUsername('root'), patience).not.toBeNull();
    await store.close();
    expect((await signIn(issuer, 'root')).status).toBe(303);
    expect(third.output()).not.toContain('/link/');
    await third.stop();
    const wrong = startNode({ port, issuer, env: { ...env, ...described, TESSERA_ADMIN_PASSWORD_HASH: password } });
    const refused = await wrong.catch((error: unknown) => String(error));
    expect(refused).toContain('TESSERA_ADMIN_PASSWORD_HASH is not an argon2id hash');
    expect(refused).not.toContain(password);
  }, 90_000);
});
