// SQLite in memory, for tests of use-cases that need no second connection and no look at the stored bytes.
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { createClock, type OpenedStore } from './fixture.ts';

export async function openInMemory(): Promise<OpenedStore> {
  const clock = createClock();
  const store = await openSqliteStore({ path: ':memory:', clock });
  const dump = async () => Promise.reject(new Error('this store is in memory'));
  return { store, clock, openAnother: async () => store, dump, close: () => store.close() };
}
