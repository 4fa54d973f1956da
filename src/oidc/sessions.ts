// Ending what a browser got: its session, its grants with all their codes and tokens, and word of it to the relying parties.
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { LogoutNotice } from '../logout/logout.ts';
import type { EndedSessions } from './ended-sessions.ts';

export type Sessions = ReturnType<typeof createSessions>;

export type SessionsDeps = {
  /** The present one: it is made anew when the signing keys change. */
  readonly provider: () => Provider;
  readonly endedSessions: EndedSessions;
  /** Keeps for good what a relying party has to be told. */
  readonly enqueueLogout: (notice: LogoutNotice) => Promise<void>;
  /** Begins to tell, in the background. */
  readonly sendLogouts: () => void;
};

export function createSessions({ provider, endedSessions, enqueueLogout, sendLogouts }: SessionsDeps) {
  /** The grant first: every code, token and refresh loads it, so from this moment none of them works. */
  async function revokeGrant(grantId: string): Promise<void> {
    const { Grant, AuthorizationCode, AccessToken, RefreshToken } = provider();
    await Grant.adapter.destroy(grantId);
    const models = [AuthorizationCode, AccessToken, RefreshToken];
    await Promise.all(models.map((model) => model.revokeByGrantId(grantId)));
  }

  async function wantsLogout(clientId: string): Promise<boolean> {
    try {
      return Boolean((await provider().Client.find(clientId))?.backchannelLogoutUri);
    } catch (error) {
      // Its registration went bad since; that must not keep a session alive.
      if (error instanceof errors.InvalidClient || error instanceof errors.InvalidClientMetadata) return false;
      throw error;
    }
  }

  return {
    revokeGrant,

    isAlive: async (sessionUid: string): Promise<boolean> => Boolean(await provider().Session.findByUid(sessionUid)),

    /** Destroys the session with this uid, if it is still there, and everything granted in it. Waits for no relying party. */
    async end(sessionUid: string): Promise<void> {
      // First: a request under way may save the session again, even if there is none at this moment.
      await endedSessions.remember(sessionUid);
      const session = await provider().Session.findByUid(sessionUid);
      if (!session) return;
      const { accountId } = session;
      const authorizations = Object.entries(session.authorizations ?? {});
      // Kept before the session goes: after a crash in between, ending it again would not find who had to be told.
      for (const [clientId, { sid }] of authorizations) {
        if (accountId && sid && (await wantsLogout(clientId))) await enqueueLogout({ clientId, accountId, sid });
      }
      await session.destroy();
      await Promise.all(authorizations.map(([, { grantId }]) => grantId && revokeGrant(grantId)));
      sendLogouts();
    },
  };
}
