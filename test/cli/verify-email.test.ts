// `account verify-email`, beside a provider that runs on the same store.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setEmailVerified } from '../../src/cli/accounts.ts';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  const password = 'four words make a sentence';
  await app.accounts.create({ username: 'carol', password, email: 'carol@example.org' });
  await app.accounts.create({ username: 'nomail', password });
});
afterAll(() => app.stop());

const run = (username: string, more: { undo?: boolean; json?: boolean } = {}) =>
  setEmailVerified({ accounts: app.accounts, audit: app.audit } as never, { username, json: false, ...more } as never);
const isVerified = async () => (await app.accounts.getByUsername('carol')).emailVerified;

it('marks the address as verified, and with --undo as not verified', async () => {
  expect(await run('Carol')).toBe('The email address of carol is verified.');
  expect(await isVerified()).toBe(true);
  expect(await run('carol', { undo: true })).toBe('The email address of carol is not verified.');
  expect(await isVerified()).toBe(false);
  expect(JSON.parse(await run('carol', { json: true }))).toMatchObject({ username: 'carol', email_verified: true });
  const { id } = await app.accounts.getByUsername('carol');
  const { records } = await app.audit.query({ accountId: id, event: 'account.changed', limit: 10 });
  expect(records.filter(({ facts }) => facts.by_kind === 'cli')).toHaveLength(3);
});

it('is refused for an account without an address, and for nobody', async () => {
  await expect(run('nomail')).rejects.toMatchObject({ code: 'account_invalid' });
  await expect(run('nobody')).rejects.toMatchObject({ code: 'account_not_found' });
});
