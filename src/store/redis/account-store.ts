// Accounts in Redis. A username belongs to the account its pointer names, and the pointer can be set once.
import type { Account } from '../../account/account.ts';
import type { AccountStore } from '../../account/account-store.ts';
import type { Connection } from './connection.ts';
import { keyCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';

export function createAccountStore({ connection, keys }: { connection: Connection; keys: Keys }): AccountStore {
  const find = async (id: string): Promise<Account | null> =>
    parseDocument<Account>(await connection.run((redis) => redis.get(keys.account(id))));

  return {
    async create(account) {
      const key = keys.account(account.id);
      if (!(await connection.run((redis) => redis.setnx(key, JSON.stringify(account))))) return false;
      // The record comes first: a crash in between leaves one that nobody can find, never a username that nobody can have.
      if (await connection.run((redis) => redis.setnx(keys.accountByUsername(account.username), account.id)))
        return true;
      await connection.run((redis) => redis.del(key));
      return false;
    },
    find,
    async findByUsername(username) {
      const id = await connection.run((redis) => redis.get(keys.accountByUsername(username)));
      const account = id === null ? null : await find(id);
      return account?.username === username ? account : null;
    },
    update: (id, change) => updateDocument(keyCell(connection, keys.account(id)), change),
  };
}
