// Keeps ended sessions ended. The library loads a session when a request begins and saves it when the
// request ends, so a session that was destroyed in between would come back. Ended sessions are remembered
// for longer than any request takes.
import type { Clock } from '../clock.ts';
import type { Account } from '../core/account/account.ts';
import { digest } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** Far longer than any request (30 s at most). */
const memorySeconds = 300;
const model = 'EndedSession';

/**
 * @returns a function that answers whether the account was signed out everywhere at or after `since` (epoch
 * seconds), so that a session or grant from then is over whether it still exists or not
 */
export const createSignedOutCheck =
  ({ findAccount }: { readonly findAccount: (id: string) => Promise<Account | null> }) =>
  async (accountId: string, since: number): Promise<boolean> => {
    const account = await findAccount(accountId);
    return account?.signedOutAt !== undefined && since <= account.signedOutAt;
  };

export type EndedSessions = ReturnType<typeof createEndedSessions>;

export function createEndedSessions({ artifacts, clock }: { artifacts: ArtifactStore; clock: Clock }) {
  return {
    /**
     * Call it before the session is destroyed.
     * @param name the session's id, or its uid, which stays when the id changes
     */
    async remember(name: string): Promise<void> {
      const none = { grantId: null, uid: null, userCode: null, consumedAt: null };
      await artifacts.upsert({ model, id: digest(name), payload: '', expiresAt: clock() + memorySeconds, ...none });
    },

    /**
     * Call it after a session was saved.
     * @returns whether it had ended and must be destroyed again
     */
    async isEnded(names: readonly string[]): Promise<boolean> {
      const found = await Promise.all(names.map((name) => artifacts.find(model, digest(name))));
      return found.some((artifact) => artifact !== null);
    },
  };
}
