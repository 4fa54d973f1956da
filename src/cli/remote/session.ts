// Somebody's sign-in at a provider, as commands use it: an access token that is fresh, its proofs, and the end of it.

import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Clock } from '../../clock.ts';
import { spellCommand } from '../../command-name.ts';
import { discover, type Endpoints } from './endpoints.ts';
import { RemoteError } from './remote-error.ts';
import { createSender, jsonOf, type Outgoing, type Send } from './sender.ts';
import type { KeptSession, SessionFile } from './session-file.ts';
import { readTokens } from './tokens.ts';

/** Built into every provider, public: what it may do is what the person may. */
export const cliClientId = 'tessera-cli';

export type SessionDeps = { readonly issuer: string; readonly file: SessionFile; readonly clock: Clock };

export type Session = {
  readonly kept: KeptSession;
  /** With the access token, renewed when it has ended. @throws RemoteError `session_ended` when it cannot be */
  readonly send: (request: Omit<Outgoing, 'accessToken'>) => ReturnType<Send>;
};

/** So long before its end a token is renewed: it has a way to go. */
const marginSeconds = 15;

/** A P-256 key of its own for every sign-in. */
export async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return exportJWK(privateKey);
}

/** @throws RemoteError `not_signed_in`, and what reading the file throws */
export async function openSession({ issuer, file, clock }: SessionDeps): Promise<Session> {
  let kept = present(await file.read(), issuer);
  const sender = await createSender({ privateKey: kept.key, clock });

  const isFresh = ({ accessExpiresAt }: KeptSession) => accessExpiresAt - marginSeconds > clock();

  /** Another command may have been faster: then its tokens count, and ours would end them all. */
  const renew = (rejected: string | null): Promise<void> =>
    file.withLock(async () => {
      const current = present(await file.read(), issuer);
      const isOurs = current.key.x === kept.key.x;
      if (!isOurs) throw ended(issuer);
      kept = current;
      if (isFresh(kept) && kept.accessToken !== rejected) return;
      kept = await refreshed(kept);
      await file.write(kept);
    });

  async function refreshed(before: KeptSession): Promise<KeptSession> {
    if (before.refreshToken === null) throw ended(issuer);
    const { token: url } = await discover(issuer);
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: before.refreshToken,
      client_id: cliClientId,
      resource: `${issuer}/admin`,
    });
    const answer = await sender({ method: 'POST', url, body });
    if (answer.status === 400 || answer.status === 401) throw ended(issuer, jsonOf(answer));
    if (answer.status !== 200)
      throw new RemoteError('provider_unreachable', `The provider answers ${answer.status}; try again later.`);
    const tokens = readTokens(answer, clock());
    return { ...before, ...tokens, refreshToken: tokens.refreshToken ?? before.refreshToken };
  }

  return {
    get kept() {
      return kept;
    },
    async send(request) {
      if (!isFresh(kept)) await renew(null);
      const first = await sender({ ...request, accessToken: kept.accessToken });
      if (first.status !== 401 || jsonOf(first).code !== 'token_invalid') return first;
      // Ended before its time, or by a clock that is wrong: one more try with a new one.
      await renew(kept.accessToken);
      return sender({ ...request, accessToken: kept.accessToken });
    },
  };
}

/** RFC 7009: the grant goes with its refresh token. @throws RemoteError when the provider did not hear of it */
export async function revoke({ issuer, clock }: Omit<SessionDeps, 'file'>, kept: KeptSession): Promise<void> {
  const { revocation }: Endpoints = await discover(issuer);
  const send = await createSender({ privateKey: kept.key, clock });
  for (const token of [kept.refreshToken, kept.accessToken]) {
    if (token === null) continue;
    const body = new URLSearchParams({ token, client_id: cliClientId });
    const { status } = await send({ method: 'POST', url: revocation, body });
    if (status !== 200) throw new RemoteError('provider_unexpected', `The provider answers ${status} to signing out.`);
  }
}

function present(kept: KeptSession | null, issuer: string): KeptSession {
  if (kept) return kept;
  throw new RemoteError(
    'not_signed_in',
    `You are not signed in at ${issuer}: ${spellCommand(`login --issuer ${issuer}`)}`,
  );
}

function ended(issuer: string, { error }: Record<string, unknown> = {}): RemoteError {
  const why = typeof error === 'string' ? ` (${error})` : '';
  return new RemoteError('session_ended', `Your sign-in has ended${why}: ${spellCommand(`login --issuer ${issuer}`)}`);
}
