// DeviceStore and BrowserStore over SQLite. Both keep JSON; the columns beside it are what queries look
// for. An update is one transaction, so `change` runs once.
import type { KnownBrowser } from '../../core/device/browser.ts';
import type { BrowserStore } from '../../core/device/browser-store.ts';
import type { Device } from '../../core/device/device.ts';
import type { DeviceStore } from '../../core/device/device-store.ts';
import { fromStoredBrowser, type StoredBrowser, toStoredBrowser } from '../stored-records.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createDeviceStore(database: Database): DeviceStore {
  const find = (id: string) => bodyOf<Device>(database.get('SELECT body FROM devices WHERE id = ?', id));
  const write = (device: Device): void => {
    const { id, accountId, secretHash, keyThumbprint, createdAt } = device;
    const sql =
      'INSERT OR REPLACE INTO devices (id, account_id, secret_hash, key_thumbprint, created_at, body) VALUES (?, ?, ?, ?, ?, ?)';
    database.run(sql, id, accountId, secretHash, keyThumbprint, createdAt, JSON.stringify(device));
  };
  return {
    create: async (device) => write(device),
    find: async (id) => find(id),
    findBySecret: async (secretHash) =>
      bodyOf<Device>(database.get('SELECT body FROM devices WHERE secret_hash = ?', secretHash)),
    findByKey: async (accountId, keyThumbprint) =>
      bodyOf<Device>(
        database.get('SELECT body FROM devices WHERE account_id = ? AND key_thumbprint = ?', accountId, keyThumbprint),
      ),
    listByAccount: async (accountId) =>
      bodiesOf<Device>(
        database.all('SELECT body FROM devices WHERE account_id = ? ORDER BY created_at DESC', accountId),
      ),
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        write(next);
        return next;
      }),
    delete: async (id) => database.run('DELETE FROM devices WHERE id = ?', id) === 1,
  };
}

export function createBrowserStore(database: Database): BrowserStore {
  const find = (accountId: string, browserHash: string): KnownBrowser | null => {
    const stored = bodyOf<StoredBrowser>(
      database.get('SELECT body FROM browsers WHERE account_id = ? AND browser_hash = ?', accountId, browserHash),
    );
    return stored && fromStoredBrowser(stored);
  };
  return {
    find: async (accountId, browserHash) => find(accountId, browserHash),
    upsert: async (accountId, browserHash, change) =>
      database.transaction(() => {
        const next = change(find(accountId, browserHash));
        database.run(
          'INSERT OR REPLACE INTO browsers VALUES (?, ?, ?)',
          accountId,
          browserHash,
          JSON.stringify(toStoredBrowser(next)),
        );
        return next;
      }),
    listByBrowser: async (browserHash) =>
      bodiesOf<StoredBrowser>(database.all('SELECT body FROM browsers WHERE browser_hash = ?', browserHash)).map(
        fromStoredBrowser,
      ),
    listByAccount: async (accountId) =>
      bodiesOf<StoredBrowser>(database.all('SELECT body FROM browsers WHERE account_id = ?', accountId)).map(
        fromStoredBrowser,
      ),
    async deleteByAccount(accountId) {
      database.run('DELETE FROM browsers WHERE account_id = ?', accountId);
    },
  };
}
