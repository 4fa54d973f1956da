// Ending what a browser got: its session, its grants with all their codes and tokens, and word of it to the relying parties.
import type Provider from 'oidc-provider';
import type { EndedSessions } from './ended-sessions.ts';

/** Relying parties are told at once, but a hanging one delays nobody longer than this (security.md A20). */
const patienceMs = 3000;

/** Public in the library's documentation of back-channel logout, missing from its types. */
type LogoutSender = { backchannelLogout(accountId: string, sid: string): Promise<void> };
const sendLogout = (client: unknown, accountId: string, sid: string) =>
  (client as LogoutSender).backchannelLogout(accountId, sid);

export type Sessions = ReturnType<typeof createSessions>;

export type SessionsDeps = { readonly provider: Provider; readonly endedSessions: EndedSessions };

export function createSessions({ provider, endedSessions }: SessionsDeps) {
  /** The grant first: every code, token and refresh loads it, so from this moment none of them works. */
  async function revokeGrant(grantId: string): Promise<void> {
    await provider.Grant.adapter.destroy(grantId);
    const models = [provider.AuthorizationCode, provider.AccessToken, provider.RefreshToken];
    await Promise.all(models.map((model) => model.revokeByGrantId(grantId)));
  }

  async function tell(clientId: string, accountId: string, sid: string | undefined): Promise<void> {
    const client = await provider.Client.find(clientId);
    if (!client?.backchannelLogoutUri || !sid) return;
    const sent = sendLogout(client, accountId, sid).catch((error: unknown) => {
      provider.emit('backchannel.error', undefined as never, error as Error, client, accountId, sid);
    });
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
  }

  return {
    revokeGrant,

    /** Destroys the session with this uid, if it is still there, and everything granted in it. */
    async end(sessionUid: string): Promise<void> {
      // First: a request under way may save the session again, even if there is none at this moment.
      await endedSessions.remember(sessionUid);
      const session = await provider.Session.findByUid(sessionUid);
      if (!session) return;
      const { accountId } = session;
      const authorizations = Object.entries(session.authorizations ?? {});
      await session.destroy();
      await Promise.all(authorizations.map(([, { grantId }]) => grantId && revokeGrant(grantId)));
      if (accountId) await Promise.all(authorizations.map(([clientId, { sid }]) => tell(clientId, accountId, sid)));
    },
  };
}
