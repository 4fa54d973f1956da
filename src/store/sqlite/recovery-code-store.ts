// RecoveryCodeStore over SQLite: one row per code. Using a code deletes its row, so it works once.
import type { RecoveryCodeStore } from '../../core/account/recovery-code-store.ts';
import type { Database } from './database.ts';

export const createRecoveryCodeStore = (database: Database): RecoveryCodeStore => ({
  replace: async (accountId, codeHashes) =>
    database.transaction(() => {
      database.run('DELETE FROM recovery_codes WHERE account_id = ?', accountId);
      for (const hash of codeHashes)
        database.run('INSERT OR IGNORE INTO recovery_codes (account_id, code_hash) VALUES (?, ?)', accountId, hash);
    }),
  use: async (accountId, codeHash) =>
    database.run('DELETE FROM recovery_codes WHERE account_id = ? AND code_hash = ?', accountId, codeHash) === 1,
  async count(accountId) {
    const row = database.get('SELECT count(*) AS count FROM recovery_codes WHERE account_id = ?', accountId);
    return Number(row?.count ?? 0);
  },
});
