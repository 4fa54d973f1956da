// Sessions that were ended stay ended. The library loads a session when a request begins and saves it when the request is over; one that
// was destroyed in between would come back to life. So what is ended is remembered for as long as a request may take.
import type { Clock } from '../clock.ts';
import { digest } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** Far beyond the longest request (app.ts: 30 s). */
const memorySeconds = 300;
const model = 'EndedSession';

export type EndedSessions = ReturnType<typeof createEndedSessions>;

export function createEndedSessions({ artifacts, clock }: { artifacts: ArtifactStore; clock: Clock }) {
  return {
    /** Before the session is destroyed. @param name its id, or its uid, which outlives a change of id. */
    async remember(name: string): Promise<void> {
      const none = { grantId: null, uid: null, userCode: null, consumedAt: null };
      await artifacts.upsert({ model, id: digest(name), payload: '', expiresAt: clock() + memorySeconds, ...none });
    },

    /** After a session was saved: whether it should not have been. */
    async isEnded(names: readonly string[]): Promise<boolean> {
      const found = await Promise.all(names.map((name) => artifacts.find(model, digest(name))));
      return found.some((artifact) => artifact !== null);
    },
  };
}
