// Deleting an account where the store is Redis: all that was kept of it goes, but for the audit trail's
// records.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byCommandLine } from '../../src/core/audit/actor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { createVirtualPhone } from '../support/virtual-phone.ts';

let server: RedisServer;
let app: TestApp;
beforeAll(async () => {
  server = await startRedisServer();
  app = await startApp({ store: { kind: 'redis', url: server.url } });
});
afterAll(async () => {
  await app?.stop();
  await server?.stop();
});

/** Every key and everything in it, as text. */
async function everything(redis: Redis): Promise<string[]> {
  const dump = async (key: string): Promise<string> => {
    const kind = await redis.type(key);
    if (kind === 'string') return String(await redis.get(key));
    if (kind === 'hash') return JSON.stringify(await redis.hgetall(key));
    if (kind === 'set') return JSON.stringify(await redis.smembers(key));
    if (kind === 'zset') return JSON.stringify(await redis.zrange(key, '0', '-1'));
    return kind === 'stream' ? JSON.stringify(await redis.xrange(key, '-', '+')) : '';
  };
  const keys = (await redis.keys('*')).filter((key) => !key.includes('audit'));
  return Promise.all(keys.map(async (key) => `${key} ${await dump(key)}`));
}

it('deletes an account and every record of it', async () => {
  const carol = await app.accounts.create({
    username: 'carol',
    password: 'four words make a sentence',
    email: 'carol@example.com',
  });
  const phone = createVirtualPhone({ issuer: app.issuer });
  await phone.signIn('carol', 'four words make a sentence');
  await app.recoveryCodes.make(carol.id);
  await app.links.makeResetLink(carol.id, { way: 'mail', name: null }, 'carol@example.com');
  await app.links.makeEmailLink(carol, 'carol@example.org');
  await app.links.makeSignUpLink('carol@example.com');
  const redis = new Redis(server.url);
  try {
    const mentions = async () =>
      (await everything(redis)).filter((text) => text.includes(carol.id) || text.includes('carol'));
    expect((await mentions()).length).toBeGreaterThan(4);
    expect(await app.accountDeletion.delete(carol, byCommandLine)).toBe(true);
    expect(await app.accounts.find(carol.id)).toBeNull();
    expect(await mentions()).toEqual([]);
  } finally {
    await redis.quit();
  }
});
