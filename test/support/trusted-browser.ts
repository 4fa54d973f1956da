// A waiting browser that an account calls its own, without the sign-in that would have made it one.
import { digest } from '../../src/crypto.ts';
import type { TestApp } from './app.ts';

/** @param secret of the browser's own cookie */
export async function trustBrowser(app: TestApp, username: string, secret: string): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  if (!account || !secret) throw new Error('an account and a browser are needed');
  const [accountId, browserHash] = [account.id, digest(secret)];
  await app.store.browsers.upsert(accountId, browserHash, () => ({
    accountId,
    browserHash,
    firstUsedAt: 1,
    lastUsedAt: 1,
    trusted: true,
    blockedAt: null,
  }));
}
