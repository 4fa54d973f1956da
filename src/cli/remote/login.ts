// What `tessera login`, `logout` and `whoami` do. Somebody signs in at a provider elsewhere with their
// phone (RFC 8628). Other commands then work there with the rights of that account's roles. Nothing is
// stored on this machine before the provider has answered who signed in.

import type { Clock } from '../../clock.ts';
import { spellCommand } from '../../command-name.ts';
import { adminScopes } from '../../core/client/client-schema.ts';
import { UsageError } from '../usage-error.ts';
import { createAdminApi } from './admin-api.ts';
import { type Caller, callerJson, describeCaller, readCaller } from './caller.ts';
import { type Codes, pollForTokens, requestCodes } from './device-grant.ts';
import { discover } from './endpoints.ts';
import { remoteIssuer } from './issuer.ts';
import { codesLine, loginScreen } from './login-screen.ts';
import { ProviderRefusal, RemoteError } from './remote-error.ts';
import { createSender, type Send } from './sender.ts';
import { cliClientId, newKey, openSession, revoke } from './session.ts';
import { type KeptSession, keptIssuers, type SessionFile, sessionFile } from './session-file.ts';

type Values = { readonly issuer?: string | undefined; readonly json: boolean };
/** What `login` takes. */
export type LoginValues = Values & { readonly 'no-qr': boolean };

/** What surrounds a login. Tests pass their own. */
export type LoginDeps = {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Writes without replacing control characters: the QR code has colours. */
  readonly write: (text: string) => void;
  readonly columns: number | undefined;
  /** The name of this machine, which the phone shows. */
  readonly machine: string;
};

/**
 * Signs in, and stores the session in a file of the user. An earlier session at the same provider is revoked.
 * @returns what is printed at the end
 * @throws RemoteError, among them `login_cancelled` when the signal fired
 */
export async function login(values: LoginValues, deps: LoginDeps): Promise<string> {
  const issuer = remoteIssuer(values, deps.env);
  if (issuer === null) throw new UsageError('--issuer is missing: the address of the provider.');
  const file = sessionFile(issuer, deps.env);
  // Fails early when the session could not be stored, before anybody takes out a phone.
  await file.withLock(async () => undefined);
  try {
    const { kept, caller } = await signIn(issuer, values, deps);
    await keep(file, kept, deps.clock);
    return values.json
      ? JSON.stringify({ event: 'signed_in', ...callerJson(issuer, caller) })
      : `Signed in at ${issuer} as ${describeCaller(caller)}.`;
  } catch (error) {
    if (deps.signal.aborted) throw new RemoteError('login_cancelled', 'Cancelled. Nothing was kept.');
    throw error;
  }
}

/** Requests codes, shows them, waits, and asks who signed in. */
async function signIn(issuer: string, values: LoginValues, deps: LoginDeps) {
  const { clock, signal } = deps;
  const endpoints = await discover(issuer);
  if (endpoints.deviceAuthorization === null)
    throw new RemoteError('login_refused', `${issuer} does not let command lines sign in.`);
  const key = await newKey();
  const send = await createSender({ privateKey: key, clock });
  const asked = {
    clientId: cliClientId,
    scope: `openid offline_access ${adminScopes.join(' ')}`,
    resource: `${issuer}/admin`,
  };
  const name = `tessera on ${deps.machine}`;
  const codes = await requestCodes(send, endpoints.deviceAuthorization, { ...asked, name }, signal);
  await show(issuer, codes, values, deps);
  const tokens = await pollForTokens({ ...deps, send, endpoint: endpoints.token }, codes, asked);
  const kept: KeptSession = { version: 1, issuer, key, ...tokens };
  return { kept, caller: await firstLook(kept, send, deps) };
}

async function show(issuer: string, codes: Codes, values: LoginValues, { write, columns }: LoginDeps): Promise<void> {
  if (values.json) return write(`${codesLine(codes)}\n`);
  write(await loginScreen({ issuer, codes, wantsQr: !values['no-qr'], columns }));
}

/** Asks who signed in. Tokens that are of no use here are revoked. @throws RemoteError `login_refused` */
async function firstLook(kept: KeptSession, send: Send, { signal, clock }: LoginDeps): Promise<Caller> {
  const withToken = (request: Parameters<Send>[0]) => send({ ...request, accessToken: kept.accessToken, signal });
  try {
    return await readCaller(createAdminApi(kept.issuer, { send: withToken }));
  } catch (error) {
    await revoke({ issuer: kept.issuer, clock }, kept).catch(() => undefined);
    if (error instanceof ProviderRefusal && error.code === 'role_missing')
      throw new RemoteError('login_refused', `Your account administers nothing at ${kept.issuer}. Nothing was kept.`);
    throw error;
  }
}

/** Stores the session. An earlier one is replaced, and revoked at the provider. */
async function keep(file: SessionFile, kept: KeptSession, clock: Clock): Promise<void> {
  const before = await file.withLock(async () => {
    const found = await file.readToRevoke();
    await file.write(kept);
    return found;
  });
  if (before) await revoke({ issuer: kept.issuer, clock }, before).catch(() => undefined);
}

type FileDeps = Pick<LoginDeps, 'env' | 'clock'>;

/**
 * Deletes the session's file, then revokes its tokens.
 * @throws RemoteError `provider_unreachable` when the tokens could not be revoked; the file is deleted
 * even then
 */
export async function logout(values: Values, { env, clock }: FileDeps): Promise<string> {
  const issuer = await issuerOf(values, env);
  const file = sessionFile(issuer, env);
  const kept = await file.withLock(async () => {
    const found = await file.readToRevoke();
    await file.remove();
    return found;
  });
  if (kept) await tellOfLogout(issuer, kept, clock);
  if (values.json) return JSON.stringify({ issuer, signed_out: kept !== null });
  return kept ? `Signed out at ${issuer}.` : `You were not signed in at ${issuer}.`;
}

/** Revokes the tokens. The error tells how to end the sign-in by hand. */
async function tellOfLogout(issuer: string, kept: KeptSession, clock: Clock): Promise<void> {
  await revoke({ issuer, clock }, kept).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = 'The file is gone, but end this sign-in on your account’s pages as well.';
    throw new RemoteError('provider_unreachable', `${reason} ${advice}`, { cause });
  });
}

/** Asks the provider who is signed in here. @throws RemoteError `not_signed_in`, `session_ended` */
export async function whoami(values: Values, { env, clock }: FileDeps): Promise<string> {
  const issuer = await issuerOf(values, env);
  const session = await openSession({ issuer, file: sessionFile(issuer, env), clock });
  const caller = await readCaller(createAdminApi(issuer, session));
  return values.json ? JSON.stringify(callerJson(issuer, caller)) : `${describeCaller(caller)}, at ${issuer}`;
}

/**
 * The issuer of --issuer or TESSERA_REMOTE, else the only one that a session is stored for.
 * @throws UsageError
 */
async function issuerOf(values: Values, env: NodeJS.ProcessEnv): Promise<string> {
  const named = remoteIssuer(values, env);
  if (named !== null) return named;
  const [only, ...others] = await keptIssuers(env);
  if (only === undefined)
    throw new RemoteError('not_signed_in', `You are not signed in: ${spellCommand('login --issuer URL')}`);
  if (others.length > 0) throw new UsageError(`--issuer is missing: ${[only, ...others].join(' or ')}.`);
  return only;
}
