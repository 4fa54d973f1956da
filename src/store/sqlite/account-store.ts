// AccountStore over SQLite.
import type { Account } from '../../account/account.ts';
import type { AccountStore } from '../../account/account-store.ts';
import { bodyOf, type Database } from './database.ts';

export function createAccountStore(database: Database): AccountStore {
  const find = (id: string) => bodyOf<Account>(database.get('SELECT body FROM accounts WHERE id = ?', id));
  return {
    create: async (account) =>
      database.run(
        'INSERT OR IGNORE INTO accounts VALUES (?, ?, ?)',
        account.id,
        account.username,
        JSON.stringify(account),
      ) === 1,
    find: async (id) => find(id),
    findByUsername: async (username) =>
      bodyOf<Account>(database.get('SELECT body FROM accounts WHERE username = ?', username)),
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE accounts SET body = ? WHERE id = ?', JSON.stringify(next), id);
        return next;
      }),
  };
}
