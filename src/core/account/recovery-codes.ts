// Use-cases of recovery codes: make ten, and use one (security.md D9). A code signs nobody in; the caller
// lets its holder choose a new password. Wrong codes are limited like wrong passwords, and counted
// separately.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Vault } from '../../crypto.ts';
import type { Limits } from '../limit/limit.ts';
import type { Account } from './account.ts';
import { findByName, nameKey } from './account-names.ts';
import type { AccountStore } from './account-store.ts';
import { createGuessing } from './guessing.ts';
import {
  formatRecoveryCode,
  RecoveryCodeError,
  readRecoveryCode,
  recoveryCodeCount,
  writeRecoveryCode,
} from './recovery-code.ts';
import type { RecoveryCodeStore } from './recovery-code-store.ts';

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>;

export type RecoveryCodesDeps = {
  readonly store: RecoveryCodeStore;
  readonly accounts: Pick<AccountStore, 'findByUsername' | 'findByEmail'>;
  readonly vault: Vault;
  readonly limits: Limits;
  readonly clock: Clock;
};

export function createRecoveryCodes({ store, accounts, vault, limits, clock }: RecoveryCodesDeps) {
  const guessing = createGuessing({ limits, clock, maskPassword: null, kind: 'recovery code', onWrong: wrong });
  // The digests are keyed, because eighty bits are too few for a plain digest that could be stolen (NIST SP
  // 800-63B-4 §3.1.2.2).
  const hashOf = (accountId: string, code: string): string => vault.mac(`${accountId} ${code}`, 'recovery code');

  return {
    /** Makes ten new codes, which are shown only this once. Earlier ones become invalid. */
    async make(accountId: string): Promise<string[]> {
      const codes = Array.from({ length: recoveryCodeCount }, () => writeRecoveryCode(randomBytes));
      await store.replace(
        accountId,
        codes.map((code) => hashOf(accountId, code)),
      );
      return codes.map(formatRecoveryCode);
    },

    /** How many codes the account has left. */
    count: (accountId: string): Promise<number> => store.count(accountId),

    /**
     * Uses a code. Unknown, disabled, wrong and used get the same answer in the same time.
     * @throws RecoveryCodeError `recovery_code_wrong`; AccountError `sign_in_delayed`; AppError
     *   `rate_limited`
     */
    async use(input: { username: string; code: string; address: string }): Promise<Account> {
      const name = nameKey(input.username);
      // Eighty bits need no lock per account, which strangers could turn against the owner. Only the address
      // of the wrong tries must wait.
      const guess = { name: `${name} ${input.address}`, address: input.address, password: input.code };
      return guessing.guard(guess, async () => {
        const account = await findByName(accounts, input.username);
        const isActive = account !== null && account.disabledAt === null;
        const owner = isActive ? account.id : 'nobody';
        const isRight = await store.use(owner, hashOf(owner, readRecoveryCode(input.code) ?? ''));
        return isActive && isRight ? account : null;
      });
    },
  };
}

const wrong = () =>
  new RecoveryCodeError('recovery_code_wrong', 'The username or the recovery code is wrong, or the code was used.');
