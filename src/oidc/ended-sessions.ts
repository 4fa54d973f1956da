// Keeps ended sessions ended. The library loads a session when a request begins and saves it when the
// request ends, so a session that was destroyed in between would come back. Ended sessions are remembered
// for longer than any request takes.
import type { Clock } from '../clock.ts';
import { digest } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** Far longer than any request (30 s at most). */
const memorySeconds = 300;
const model = 'EndedSession';

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
