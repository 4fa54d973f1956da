// The console's own session: short, tied to the sign-in that it came from, and checked with every request.
// Ending that sign-in on the phone ends the session too.
// Sessions are artifacts of the store, sealed, under the digest of the cookie's secret.
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
  /** Whether the person proved themselves within the last five minutes, so that they may change something. */
  readonly isFresh: boolean;
};

/** What a sign-in that is under way has to bring back (RFC 6749 §10.12, RFC 7636). */
export type ConsoleFlow = {
  readonly state: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** The form that was sent before the proof, and waits to be sent again. */
  readonly form: PendingForm | null;
};

/**
 * What is stored beside a console session, once each: a trial that is under way, the last trial's result, and
 * a form that waits for a proof.
 */
export type OwnRecord = 'TrialFlow' | 'TrialResult' | 'PendingForm';

export type ConsoleSessions = ReturnType<typeof createConsoleSessions>;

export type ConsoleSessionsDeps = {
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly cookies: Cookies;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
  /** Whether the sign-in at the provider has not ended. */
  readonly isSessionAlive: (sessionUid: string) => Promise<boolean>;
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
};

/** Maximum duration of a session, whatever happens in it. */
const absoluteSeconds = 8 * 3600;
/** How long a sign-in, or a form that waits for it, may take. */
export const flowSeconds = 900;
/** A change needs a proof that is not older (security.md E2, D7). */
const freshSeconds = 300;
/** Groups all console sessions of one sign-in at the provider, so that they can be ended together. */
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
  /** Stores a sealed value under a new secret. @returns the secret, for a cookie */
  async function keep(model: string, value: unknown, seconds: number, grantId: string | null = null): Promise<string> {
    const secret = randomSecret(256);
    const id = digest(secret);
    const payload = vault.seal(JSON.stringify(value), `${model}.${id}`);
    await artifacts.upsert({ model, id, payload, expiresAt: clock() + seconds, ...none, grantId });
    return secret;
  }

  /** Finds the value of a secret. Null when it is unknown or expired. */
  async function recall<Value>(model: string, secret: string | null): Promise<Value | null> {
    const id = secret && digest(secret);
    const found = id ? await artifacts.find(model, id) : null;
    return found && (JSON.parse(vault.open(found.payload, `${model}.${id}`)) as Value);
  }

  /** Deletes this browser's session. */
  async function forget(ctx: Context): Promise<void> {
    const secret = cookies.console(ctx);
    if (secret) await artifacts.destroy('ConsoleSession', digest(secret));
  }

  /** The id of a record beside a session: only who has the session's cookie can compute it. */
  const asideId = (secret: string, model: OwnRecord): string => digest(`${model} ${secret}`);

  function ownId(ctx: Context, model: OwnRecord): string | null {
    const secret = cookies.console(ctx);
    return secret && asideId(secret, model);
  }

  /** Stores a record beside a session. It takes the place of the one before. */
  async function keepAside(secret: string, model: OwnRecord, value: unknown, seconds: number): Promise<void> {
    const id = asideId(secret, model);
    const payload = vault.seal(JSON.stringify(value), `${model}.${id}`);
    await artifacts.upsert({ model, id, payload, expiresAt: clock() + seconds, ...none });
  }

  return {
    /**
     * The account at this console. Null when it is signed out, ended or disabled, or signed in by less than
     * the account has (security.md E1).
     * @throws HttpError `role_missing`
     */
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

    /** Whether the last visitor of this browser has a passkey, and so must use it to come in. */
    async needsPasskey(ctx: Context): Promise<boolean> {
      const session = await recall<OwnSignIn>('ConsoleSession', cookies.console(ctx));
      return session !== null && hasPasskey(session.accountId);
    },

    /**
     * Opens a session in place of the one before in this browser. @param form waits in it to be sent again
     */
    async open(ctx: Context, signIn: OwnSignIn, form: PendingForm | null): Promise<void> {
      await forget(ctx);
      const secret = await keep('ConsoleSession', signIn, absoluteSeconds, groupOf(signIn));
      if (form) await keepAside(secret, 'PendingForm', form, flowSeconds);
      cookies.setConsole(ctx, secret);
    },

    /** Ends this session, and every other one of the same sign-in at the provider. */
    async close(ctx: Context): Promise<void> {
      const session = await recall<OwnSignIn>('ConsoleSession', cookies.console(ctx));
      await forget(ctx);
      if (session) await artifacts.revokeByGrant('ConsoleSession', groupOf(session));
      cookies.clearConsole(ctx);
    },

    /**
     * Stores one record of each kind beside this session, sealed, for `seconds`. It does nothing when signed
     * out.
     */
    async put(ctx: Context, model: OwnRecord, value: unknown, seconds: number): Promise<void> {
      const secret = cookies.console(ctx);
      if (secret) await keepAside(secret, model, value, seconds);
    },

    /** Reads a record. Null when there is none. */
    async look<Value>(ctx: Context, model: OwnRecord): Promise<Value | null> {
      const id = ownId(ctx, model);
      const found = id === null ? null : await artifacts.find(model, id);
      return found && (JSON.parse(vault.open(found.payload, `${model}.${id}`)) as Value);
    },

    /** Reads and deletes a record, atomically: exactly one caller gets it. */
    async take<Value>(ctx: Context, model: OwnRecord): Promise<Value | null> {
      const value = await this.look<Value>(ctx, model);
      const id = ownId(ctx, model);
      return value !== null && id !== null && (await artifacts.destroy(model, id)) ? value : null;
    },

    /** Remembers a sign-in that begins in this browser. */
    async startFlow(ctx: Context, flow: ConsoleFlow): Promise<void> {
      cookies.setConsoleFlow(ctx, await keep('ConsoleFlow', flow, flowSeconds));
    },

    /** The secret of the sign-in that this browser began; null when it began none. */
    flowSecret: (ctx: Context): string | null => cookies.consoleFlow(ctx),

    /** The sign-in that this browser began. Exactly one caller gets it. */
    async endFlow(ctx: Context): Promise<ConsoleFlow | null> {
      const secret = cookies.consoleFlow(ctx);
      const flow = await recall<ConsoleFlow>('ConsoleFlow', secret);
      if (!secret || !flow || !(await artifacts.destroy('ConsoleFlow', digest(secret)))) return null;
      return flow;
    },
  };
}
