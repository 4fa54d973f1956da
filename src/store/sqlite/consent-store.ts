// ConsentStore over SQLite: one row per account and client.
import type { Consent } from '../../core/consent/consent.ts';
import type { ConsentStore } from '../../core/consent/consent-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createConsentStore(database: Database): ConsentStore {
  const find = (accountId: string, clientId: string) =>
    bodyOf<Consent>(
      database.get('SELECT body FROM consents WHERE account_id = ? AND client_id = ?', accountId, clientId),
    );
  return {
    find: async (accountId, clientId) => find(accountId, clientId),
    listByAccount: async (accountId) =>
      bodiesOf<Consent>(database.all('SELECT body FROM consents WHERE account_id = ?', accountId)),
    update: async (accountId, clientId, change) =>
      database.transaction(() => {
        const body = JSON.stringify(change(find(accountId, clientId)));
        const sql = 'INSERT OR REPLACE INTO consents (account_id, client_id, body) VALUES (?, ?, ?)';
        database.run(sql, accountId, clientId, body);
      }),
    delete: async (accountId, clientId) =>
      database.run('DELETE FROM consents WHERE account_id = ? AND client_id = ?', accountId, clientId) > 0,
    async deleteByAccount(accountId) {
      database.run('DELETE FROM consents WHERE account_id = ?', accountId);
    },
    async deleteByClient(clientId) {
      database.run('DELETE FROM consents WHERE client_id = ?', clientId);
    },
  };
}
