// A session at a provider as commands use it: keeps the access token fresh, sends requests with it, and
// revokes it.

import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Clock } from '../../clock.ts';
import { spellCommand } from '../../command-name.ts';
import { discover, type Endpoints } from './endpoints.ts';
import { RemoteError } from './remote-error.ts';
import { createSender, jsonOf, type Outgoing, type Send } from './sender.ts';
import type { KeptSession, SessionFile } from './session-file.ts';
import { readTokens } from './tokens.ts';

/** The public client that is built into every provider. It may do what the account may. */
export const cliClientId = 'tessera-cli';

/** The provider, and where its session is stored. */
export type SessionDeps = { readonly issuer: string; readonly file: SessionFile; readonly clock: Clock };

/** An open session. */
export type Session = {
  readonly kept: KeptSession;
  /**
   * Sends with the access token, which is renewed when it has expired.
   * @throws RemoteError `session_ended`
   */
  readonly send: (request: Omit<Outgoing, 'accessToken'>) => ReturnType<Send>;
};

/** A token is renewed this long before it expires, because a request takes time. */
const marginSeconds = 15;

/** A new P-256 key. Every sign-in has a key of its own. */
export async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return exportJWK(privateKey);
}

/** Reads the stored session. @throws RemoteError `not_signed_in`, and what reading the file throws */
export async function openSession({ issuer, file, clock }: SessionDeps): Promise<Session> {
  let kept = present(await file.read(), issuer);
  const sender = await createSender({ privateKey: kept.key, clock });

  const isFresh = ({ accessExpiresAt }: KeptSession) => accessExpiresAt - marginSeconds > clock();

  /**
   * Renews the tokens under the file's lock. When another command has renewed them meanwhile, its tokens
   * are used: a refresh token that is used twice ends the whole grant (RFC 9700 §4.14.2).
   */
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

  /** The refresh token grant (RFC 6749 §6). @throws RemoteError `session_ended`, `provider_unreachable` */
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
      // The token ended early, or the clock of this machine is wrong: one more try with a new token.
      await renew(kept.accessToken);
      return sender({ ...request, accessToken: kept.accessToken });
    },
  };
}

/**
 * Revokes both tokens (RFC 7009). The grant ends with its refresh token.
 * @throws RemoteError when it cannot
 */
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

/** @throws RemoteError `not_signed_in` */
function present(kept: KeptSession | null, issuer: string): KeptSession {
  if (kept) return kept;
  throw new RemoteError(
    'not_signed_in',
    `You are not signed in at ${issuer}: ${spellCommand(`login --issuer ${issuer}`)}`,
  );
}

/**
 * The refusal of a session that cannot be renewed, with the error code of the token endpoint if there is
 * one.
 */
function ended(issuer: string, { error }: Record<string, unknown> = {}): RemoteError {
  const why = typeof error === 'string' ? ` (${error})` : '';
  return new RemoteError('session_ended', `Your sign-in has ended${why}: ${spellCommand(`login --issuer ${issuer}`)}`);
}
