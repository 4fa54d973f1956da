// Known browsers in Redis: one hash per account, a field per browser.
import type { KnownBrowser } from '../../device/browser.ts';
import type { BrowserStore } from '../../device/browser-store.ts';
import type { Connection } from './connection.ts';
import { changeDocument, fieldCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';

export function createBrowserStore({ connection, keys }: { connection: Connection; keys: Keys }): BrowserStore {
  const cell = (accountId: string, browserHash: string) =>
    fieldCell(connection, keys.browsersOfAccount(accountId), browserHash);

  return {
    find: async (accountId, browserHash) => parseDocument<KnownBrowser>(await cell(accountId, browserHash).read()),
    async upsert(accountId, browserHash, change) {
      const { after } = await changeDocument<KnownBrowser>(cell(accountId, browserHash), change);
      if (!after) throw new TypeError('upsert needs a browser to write');
      return after;
    },
    async listByAccount(accountId) {
      const bodies = await connection.run((redis) => redis.hvals(keys.browsersOfAccount(accountId)));
      return bodies.map((body) => JSON.parse(body) as KnownBrowser);
    },
  };
}
