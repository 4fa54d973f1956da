// AccountStore over SQLite. The account is JSON in `accounts`; its search terms and roles are rows in two
// further tables, rewritten with every change in the same transaction.
import type { Account } from '../../core/account/account.ts';
import {
  type AccountStore,
  accountTerms,
  hasEmail,
  readAccount,
  rolesOf,
  type StoredAccount,
  searchTerm,
} from '../../core/account/account-store.ts';
import { bodyOf, type Database, type Row } from './database.ts';

export function createAccountStore(database: Database): AccountStore {
  const accountOf = (row: Row | null): Account | null => {
    const stored = bodyOf<StoredAccount>(row);
    return stored && readAccount(stored);
  };
  const find = (id: string) => accountOf(database.get('SELECT body FROM accounts WHERE id = ?', id));

  function putIndexes(account: Account): void {
    database.run('DELETE FROM account_roles WHERE account_id = ?', account.id);
    for (const role of rolesOf(account)) {
      database.run('INSERT INTO account_roles (role, account_id) VALUES (?, ?)', role, account.id);
    }
    database.run('DELETE FROM account_search WHERE account_id = ?', account.id);
    for (const term of accountTerms(account)) {
      database.run('INSERT INTO account_search (term, account_id) VALUES (?, ?)', term, account.id);
    }
  }

  /** Returns true when an enabled account other than `id` has the role `administrator`. */
  function hasOtherAdministrator(id: string): boolean {
    const sql = `SELECT 1 FROM account_roles JOIN accounts ON accounts.id = account_roles.account_id
      WHERE account_roles.role = 'administrator' AND account_roles.account_id <> ?
      AND json_extract(accounts.body, '$.disabledAt') IS NULL LIMIT 1`;
    return database.get(sql, id) !== null;
  }

  /** One transaction, so `change` runs once and no other change comes between. */
  const update = (id: string, change: (account: Account) => Account): Account | null =>
    database.transaction(() => {
      const current = find(id);
      if (!current) return null;
      const next = change(current);
      database.run('UPDATE accounts SET body = ? WHERE id = ?', JSON.stringify(next), id);
      putIndexes(next);
      return next;
    });

  /**
   * Makes a page of `limit` accounts. The query reads one more row, which tells whether there is a next
   * page.
   */
  function pageOf(rows: readonly Row[], limit: number, positionOf: (row: Row) => string) {
    const shown = rows.slice(0, limit);
    const accounts = shown.map(accountOf).filter((account) => account !== null);
    const last = shown.at(-1);
    return { accounts, cursor: rows.length > limit && last ? positionOf(last) : null };
  }

  /** Lists all accounts by username. `after` is the username of the last account of the page before. */
  function listAll(after: string, limit: number) {
    const sql = 'SELECT username, body FROM accounts WHERE username > ? ORDER BY username LIMIT ?';
    return pageOf(database.all(sql, after, limit + 1), limit, ({ username }) => String(username));
  }

  /**
   * Finds accounts by the beginning of a term. An account that several terms match is listed once, at the
   * first of them.
   */
  function search(from: string, after: string, limit: number) {
    // SQLite compares text by bytes, so all terms with this prefix lie between it and the prefix with
    // U+10FFFF.
    const sql = `SELECT found.term, found.account_id, accounts.body
      FROM account_search AS found JOIN accounts ON accounts.id = found.account_id
      WHERE (found.term, found.account_id) > (?, ?) AND found.term < ? AND NOT EXISTS (
        SELECT 1 FROM account_search AS other
        WHERE other.account_id = found.account_id AND other.term >= ? AND other.term < found.term)
      ORDER BY found.term, found.account_id LIMIT ?`;
    const [term = '', id = ''] = after.startsWith(from) ? after.split('\u0000') : [from];
    const rows = database.all(sql, term, id, `${from}\u{10ffff}`, from, limit + 1);
    return pageOf(rows, limit, (row) => `${row.term}\u0000${row.account_id}`);
  }

  return {
    create: async (account) =>
      database.transaction(() => {
        const sql = 'INSERT OR IGNORE INTO accounts VALUES (?, ?, ?)';
        if (database.run(sql, account.id, account.username, JSON.stringify(account)) === 0) return false;
        putIndexes(account);
        return true;
      }),
    find: async (id) => find(id),
    findByUsername: async (username) =>
      accountOf(database.get('SELECT body FROM accounts WHERE username = ?', username)),
    async findByEmail(email) {
      const sql = `SELECT accounts.body FROM account_search JOIN accounts ON accounts.id = account_search.account_id
        WHERE account_search.term = ?`;
      return database.all(sql, searchTerm(email)).map(accountOf).filter(hasEmail(email));
    },
    delete: async (id) =>
      database.transaction(() => {
        database.run('DELETE FROM account_roles WHERE account_id = ?', id);
        database.run('DELETE FROM account_search WHERE account_id = ?', id);
        return database.run('DELETE FROM accounts WHERE id = ?', id) === 1;
      }),
    update: async (id, change) => update(id, change),
    updateInTurn: async (id, change) => update(id, (current) => change(current, hasOtherAdministrator(id))),
    hasRole: async (role) => database.get('SELECT 1 FROM account_roles WHERE role = ? LIMIT 1', role) !== null,
    async countAdministrators(max) {
      const sql = `SELECT 1 FROM account_roles JOIN accounts ON accounts.id = account_roles.account_id
        WHERE account_roles.role = 'administrator' AND json_extract(accounts.body, '$.disabledAt') IS NULL LIMIT ?`;
      return database.all(sql, max).length;
    },
    async page({ search: text = '', after = '', limit }) {
      const from = searchTerm(text);
      return from === '' ? listAll(after, limit) : search(from, after, limit);
    },
  };
}
