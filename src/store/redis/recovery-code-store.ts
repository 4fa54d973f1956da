// RecoveryCodeStore over Redis: the codes of an account are the members of one set. SREM removes a member
// once, so a code works once.
import type { RecoveryCodeStore } from '../../core/account/recovery-code-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createRecoveryCodeStore({
  connection,
  keys,
}: {
  connection: Connection;
  keys: Keys;
}): RecoveryCodeStore {
  const { run } = connection;
  return {
    async replace(accountId, codeHashes) {
      const key = keys.recoveryCodesOfAccount(accountId);
      const replies = await run((redis) => {
        const change = redis.multi().del(key);
        // SADD rejects an empty list.
        return (codeHashes.length > 0 ? change.sadd(key, ...codeHashes) : change).exec();
      });
      for (const [error] of replies ?? []) if (error) throw error;
    },
    use: async (accountId, codeHash) =>
      (await run((redis) => redis.srem(keys.recoveryCodesOfAccount(accountId), codeHash))) === 1,
    count: (accountId) => run((redis) => redis.scard(keys.recoveryCodesOfAccount(accountId))),
  };
}
