// Ends what a browser got: its session, its grants with their codes and tokens. The relying parties are
// told.
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { LogoutNotice } from '../core/logout/logout.ts';
import { digest, type Vault } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { EndedSessions } from './ended-sessions.ts';

export type Sessions = ReturnType<typeof createSessions>;

export type SessionsDeps = {
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly endedSessions: EndedSessions;
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  /** Keeps durably what a relying party has to be told. */
  readonly enqueueLogout: (notice: LogoutNotice) => Promise<void>;
  /** Starts sending in the background. */
  readonly sendLogouts: () => void;
  /** Whether the account was signed out everywhere at or after `since` (epoch seconds). */
  readonly isSignedOutSince: (accountId: string, since: number) => Promise<boolean>;
};

/** Upper bound for the sessions of one account that are read. */
const maxSessions = 1000;

export function createSessions(deps: SessionsDeps) {
  const { provider, endedSessions, artifacts, vault, enqueueLogout, sendLogouts } = deps;

  /** Revokes the grant first: every code and token loads it, so from this moment none of them works. */
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
      // Its registration became invalid. That must not keep a session alive.
      if (error instanceof errors.InvalidClient || error instanceof errors.InvalidClientMetadata) return false;
      throw error;
    }
  }

  /** Uids of the account's sessions, whichever way they began. */
  async function uidsOf(accountId: string): Promise<string[]> {
    const found = await artifacts.listByOwner('Session', digest(accountId), maxSessions);
    return found.map(({ id, payload }) => String(JSON.parse(vault.open(payload, `Session.${id}`)).uid));
  }

  /**
   * Destroys the session with this uid, if it exists, and revokes what was granted in it. Does not wait for
   * relying parties.
   * @param isGone which of the session's authorizations end with it
   */
  async function endSession(
    sessionUid: string,
    isGone: (authorization: { readonly persistsLogout?: boolean | undefined }) => boolean,
  ): Promise<void> {
    // Remembered first: a request under way may save the session again, even if there is none at this
    // moment.
    await endedSessions.remember(sessionUid);
    const session = await provider().Session.findByUid(sessionUid);
    if (!session) return;
    const { accountId } = session;
    const authorizations = Object.entries(session.authorizations ?? {});
    // Enqueued before the session is destroyed: after a crash in between, nobody would know whom to tell.
    for (const [clientId, { sid }] of authorizations) {
      if (accountId && sid && (await wantsLogout(clientId))) await enqueueLogout({ clientId, accountId, sid });
    }
    await session.destroy();
    const gone = authorizations.filter(([, authorization]) => isGone(authorization));
    await Promise.all(gone.map(([, { grantId }]) => grantId && revokeGrant(grantId)));
    sendLogouts();
  }

  /** Whether the session exists. It may wait to be destroyed after its account was signed out everywhere. */
  async function isAlive(sessionUid: string): Promise<boolean> {
    const session = await provider().Session.findByUid(sessionUid);
    if (!session) return false;
    return !session.accountId || !(await deps.isSignedOutSince(session.accountId, session.iat ?? 0));
  }

  /** Ends the session and everything that was granted in it, offline access included. */
  const end = (sessionUid: string): Promise<void> => endSession(sessionUid, () => true);

  return {
    end,
    /** The person signs out in the browser. What may act offline goes on (OIDC Core §11). */
    signOut: (sessionUid: string): Promise<void> =>
      endSession(sessionUid, ({ persistsLogout }) => persistsLogout !== true),
    revokeGrant,

    /** The port through which core/approval ends what an approval led to. */
    ofApprovals: {
      endSession: end,
      revokeGrant,
      isSessionAlive: isAlive,
      isGrantAlive: async (grantId: string): Promise<boolean> => Boolean(await provider().Grant.find(grantId)),
    },

    isAlive,

    /** Ends every session of the account, as `end` does. */
    async endAll(accountId: string): Promise<void> {
      for (const uid of await uidsOf(accountId)) await end(uid);
    },

    /**
     * Tells one relying party that the account is signed out there, in every browser. The sessions
     * themselves stay.
     */
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
