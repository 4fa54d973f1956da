// Ending what a browser got: its session, its grants with all their codes and tokens, and word of it to the relying parties.
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { LogoutNotice } from '../core/logout/logout.ts';
import { digest, type Vault } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { EndedSessions } from './ended-sessions.ts';

export type Sessions = ReturnType<typeof createSessions>;

export type SessionsDeps = {
  /** The present one: it is made anew when the signing keys change. */
  readonly provider: () => Provider;
  readonly endedSessions: EndedSessions;
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  /** Keeps for good what a relying party has to be told. */
  readonly enqueueLogout: (notice: LogoutNotice) => Promise<void>;
  /** Begins to tell, in the background. */
  readonly sendLogouts: () => void;
};

/** Nobody is signed in in more browsers than this. */
const sessionsAtMost = 1000;

export function createSessions(deps: SessionsDeps) {
  const { provider, endedSessions, artifacts, vault, enqueueLogout, sendLogouts } = deps;

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

  /** However they began: by a phone, a password or a passkey. */
  async function uidsOf(accountId: string): Promise<string[]> {
    const found = await artifacts.listByOwner('Session', digest(accountId), sessionsAtMost);
    return found.map(({ id, payload }) => String(JSON.parse(vault.open(payload, `Session.${id}`)).uid));
  }

  /** Destroys the session with this uid, if it is still there, and everything granted in it. Waits for no relying party. */
  async function end(sessionUid: string): Promise<void> {
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
  }

  return {
    end,
    revokeGrant,

    /** What an approval led to. */
    ofApprovals: {
      endSession: end,
      revokeGrant,
      isGrantAlive: async (grantId: string): Promise<boolean> => Boolean(await provider().Grant.find(grantId)),
    },

    isAlive: async (sessionUid: string): Promise<boolean> => Boolean(await provider().Session.findByUid(sessionUid)),

    /** As `end`, of every browser that the account is signed in in. */
    async endAll(accountId: string): Promise<void> {
      for (const uid of await uidsOf(accountId)) await end(uid);
    },

    /** Tells one relying party that the account is signed out there, in every browser; the sessions themselves stay. */
    async tell(accountId: string, clientId: string): Promise<void> {
      if (!(await wantsLogout(clientId))) return;
      for (const uid of await uidsOf(accountId)) {
        const sid = (await provider().Session.findByUid(uid))?.authorizations?.[clientId]?.sid;
        if (sid) await enqueueLogout({ clientId, accountId, sid });
      }
      sendLogouts();
    },
  };
}
