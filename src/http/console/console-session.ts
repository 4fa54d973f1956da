// Who is at the console: a session of its own, short, tied to the sign-in it came from, and looked at anew with every request. Ending that
// sign-in on the phone ends this too.

import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import { digest, randomSecret, type Vault } from '../../crypto.ts';
import { passkeyClasses } from '../../oidc/acr.ts';
import type { ArtifactStore } from '../../oidc/artifact-store.ts';
import type { OwnSignIn } from '../../oidc/own-client.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import { HttpError } from '../kit/refusals.ts';
import type { PendingForm } from './pending-form.ts';

export type ConsoleVisitor = {
  readonly account: Account;
  /** The person proved themselves within the last minutes, so that they may change something. */
  readonly isFresh: boolean;
};

/** What a sign-in that is under way has to bring back. */
export type ConsoleFlow = {
  readonly state: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** What was sent before the proof, and is not done yet. */
  readonly form: PendingForm | null;
};

/** What a console session keeps beside itself: a trial of a client that is under way, the last one's result, and a form that waits for a proof. */
export type OwnRecord = 'TrialFlow' | 'TrialResult' | 'PendingForm';

export type ConsoleSessions = ReturnType<typeof createConsoleSessions>;

export type ConsoleSessionsDeps = {
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly cookies: Cookies;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly isSessionAlive: (sessionUid: string) => Promise<boolean>;
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
};

const absoluteSeconds = 8 * 3600;
export const flowSeconds = 900;
/** Security.md E2, D7: a change needs a proof not older than this. */
const freshSeconds = 300;
/** All console sessions of one sign-in at the provider. */
const groupOf = ({ sessionUid }: OwnSignIn): string => digest(`console ${sessionUid}`);
const none = { grantId: null, uid: null, userCode: null, consumedAt: null };

export function createConsoleSessions({
  artifacts,
  vault,
  clock,
  cookies,
  findAccount,
  isSessionAlive,
  hasPasskey,
}: ConsoleSessionsDeps) {
  async function keep(model: string, value: unknown, seconds: number, grantId: string | null = null): Promise<string> {
    const secret = randomSecret(256);
    const id = digest(secret);
    const payload = vault.seal(JSON.stringify(value), `${model}.${id}`);
    await artifacts.upsert({ model, id, payload, expiresAt: clock() + seconds, ...none, grantId });
    return secret;
  }

  async function recall<Value>(model: string, secret: string | null): Promise<Value | null> {
    const id = secret && digest(secret);
    const found = id ? await artifacts.find(model, id) : null;
    return found && (JSON.parse(vault.open(found.payload, `${model}.${id}`)) as Value);
  }

  async function forget(ctx: Context): Promise<void> {
    const secret = cookies.console(ctx);
    if (secret) await artifacts.destroy('ConsoleSession', digest(secret));
  }

  const asideId = (secret: string, model: OwnRecord): string => digest(`${model} ${secret}`);

  function ownId(ctx: Context, model: OwnRecord): string | null {
    const secret = cookies.console(ctx);
    return secret && asideId(secret, model);
  }

  async function keepAside(secret: string, model: OwnRecord, value: unknown, seconds: number): Promise<void> {
    const id = asideId(secret, model);
    const payload = vault.seal(JSON.stringify(value), `${model}.${id}`);
    await artifacts.upsert({ model, id, payload, expiresAt: clock() + seconds, ...none });
  }

  return {
    /** Null when signed out, ended, disabled, or signed in by less than the account has (security.md E1). @throws HttpError `role_missing` */
    async visitor(ctx: Context): Promise<ConsoleVisitor | null> {
      const session = await recall<OwnSignIn>('ConsoleSession', cookies.console(ctx));
      if (!session || !(await isSessionAlive(session.sessionUid))) return null;
      const account = await findAccount(session.accountId);
      if (!account) return null;
      if (account.roles.length === 0)
        throw new HttpError('role_missing', 'This account does not administer anything here.');
      if (!passkeyClasses.includes(session.acr) && (await hasPasskey(account.id))) return null;
      return { account, isFresh: clock() - session.authenticatedAt < freshSeconds };
    },

    /** Whether who was last here has a passkey, and so must use it to come in. */
    async needsPasskey(ctx: Context): Promise<boolean> {
      const session = await recall<OwnSignIn>('ConsoleSession', cookies.console(ctx));
      return session !== null && hasPasskey(session.accountId);
    },

    /** It takes the place of the one before in this browser. `form`: waits in it to be sent again. */
    async open(ctx: Context, signIn: OwnSignIn, form: PendingForm | null): Promise<void> {
      await forget(ctx);
      const secret = await keep('ConsoleSession', signIn, absoluteSeconds, groupOf(signIn));
      if (form) await keepAside(secret, 'PendingForm', form, flowSeconds);
      cookies.setConsole(ctx, secret);
    },

    /** With every other of the same sign-in at the provider. */
    async close(ctx: Context): Promise<void> {
      const session = await recall<OwnSignIn>('ConsoleSession', cookies.console(ctx));
      await forget(ctx);
      if (session) await artifacts.revokeByGrant('ConsoleSession', groupOf(session));
      cookies.clearConsole(ctx);
    },

    /** Keeps one value of each model for this console session, sealed, for `seconds`; nothing when signed out. */
    async put(ctx: Context, model: OwnRecord, value: unknown, seconds: number): Promise<void> {
      const secret = cookies.console(ctx);
      if (secret) await keepAside(secret, model, value, seconds);
    },

    async look<Value>(ctx: Context, model: OwnRecord): Promise<Value | null> {
      const id = ownId(ctx, model);
      const found = id === null ? null : await artifacts.find(model, id);
      return found && (JSON.parse(vault.open(found.payload, `${model}.${id}`)) as Value);
    },

    /** As look, for exactly one caller. */
    async take<Value>(ctx: Context, model: OwnRecord): Promise<Value | null> {
      const value = await this.look<Value>(ctx, model);
      const id = ownId(ctx, model);
      return value !== null && id !== null && (await artifacts.destroy(model, id)) ? value : null;
    },

    async startFlow(ctx: Context, flow: ConsoleFlow): Promise<void> {
      cookies.setConsoleFlow(ctx, await keep('ConsoleFlow', flow, flowSeconds));
    },

    /** The flow that this browser began; once. */
    async endFlow(ctx: Context): Promise<ConsoleFlow | null> {
      const secret = cookies.consoleFlow(ctx);
      const flow = await recall<ConsoleFlow>('ConsoleFlow', secret);
      if (!secret || !flow || !(await artifacts.destroy('ConsoleFlow', digest(secret)))) return null;
      return flow;
    },
  };
}
