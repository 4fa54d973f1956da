// oidc-provider's adapter over our port (oidc-provider.md section 2): ids are kept as digests, payloads are
// sealed, single use is atomic. The library finds a record first and saves it later. Where that leaves a
// race, the losing write throws the protocol's own error here.
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { digest, type Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';
import { noteOrigin, originOf, signInOf, withOrigin } from './code-origin.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { isSuccessor, type RefreshGrace } from './refresh-rotation.ts';
import { allowFirstScope, noteFirstScope, withFirstScope } from './scopes.ts';

export type AdapterDeps = {
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly endedSessions: EndedSessions;
  /** Metadata of a client in the form that the library wants; undefined for an unknown client. */
  readonly findClientMetadata: (id: string) => Promise<AdapterPayload | undefined>;
  /** Whether the grant belongs to the present client, and not to a deleted one that had the same id. */
  readonly isGrantOfClient: (clientId: string, grantedAt: number) => Promise<boolean>;
  /** Whether the account was signed out everywhere at or after `since` (epoch seconds). */
  readonly isSignedOutSince: (accountId: string, since: number) => Promise<boolean>;
  /** Whether the sign-in of this record (core/approval) was ended. */
  readonly isSignInEnded: (recordId: string) => Promise<boolean>;
  /**
   * How long a consumed code of the request's client is remembered, so that a replay can still revoke the
   * tokens that it led to (RFC 6749 §4.1.2).
   */
  readonly replayMemorySeconds: () => number;
  readonly refreshGrace: RefreshGrace;
  /** Called when a refresh token was presented again within the grace. Returns at once and never throws. */
  readonly onRefreshRepeated: () => void;
  /** Device codes are tickets (device-codes.ts). */
  readonly deviceCodes: Adapter;
};

/** The library accepts a token for this long after its end (`clockTolerance`). */
const toleranceSeconds = 15;
/** How early or late the library lets a DPoP proof be. */
const proofToleranceSeconds = 300;

export function createAdapterFactory(deps: AdapterDeps): (model: string) => Adapter {
  const deviceCodes = whileStoreIsThere(deps.deviceCodes);
  return (model) => {
    if (model === 'DeviceCode') return deviceCodes;
    return model === 'Client' ? clientAdapter(deps) : artifactAdapter(model, deps);
  };
}

/** Clients are registered elsewhere; the library only reads them. */
function clientAdapter({ findClientMetadata }: AdapterDeps): Adapter {
  const refuse = async () => {
    throw new Error('clients are not written through the library');
  };
  const none = async () => undefined;
  return {
    find: findClientMetadata,
    upsert: refuse,
    destroy: refuse,
    consume: refuse,
    findByUid: none,
    findByUserCode: none,
    revokeByGrantId: none,
  };
}

function artifactAdapter(model: string, deps: AdapterDeps): Adapter {
  const { artifacts, vault, clock, replayMemorySeconds, endedSessions } = deps;
  const contextOf = (id: string) => `${model}.${id}`;

  function seal(id: string, payload: AdapterPayload, expiresIn: number | undefined): Artifact {
    const memorySeconds = memoryOf(model, replayMemorySeconds);
    // A save within the tolerance comes with a negative lifetime.
    const life = expiresIn === undefined ? null : Math.max(expiresIn, 1) + toleranceSeconds + memorySeconds;
    return {
      model,
      id,
      payload: vault.seal(JSON.stringify(payload), contextOf(id)),
      grantId: payload.grantId ? digest(payload.grantId) : null,
      uid: payload.uid ? digest(payload.uid) : null,
      userCode: payload.userCode ? digest(payload.userCode) : null,
      // Grants are listed by account to be withdrawn (grants.ts), sessions to be ended together
      // (sessions.ts).
      ...((model === 'Grant' || model === 'Session') && payload.accountId && { owner: digest(payload.accountId) }),
      expiresAt: life === null ? null : clock() + life,
      consumedAt: null,
    };
  }

  function open(artifact: Artifact | null): AdapterPayload | undefined {
    if (!artifact) return undefined;
    const payload = JSON.parse(vault.open(artifact.payload, contextOf(artifact.id))) as AdapterPayload;
    return artifact.consumedAt === null ? payload : { ...payload, consumed: artifact.consumedAt };
  }

  /**
   * Reads a record by its id. The library does not see that a refresh token was consumed within its grace.
   */
  async function read(id: string): Promise<AdapterPayload | undefined> {
    const found = await artifacts.find(model, digest(id));
    const isHidden = found !== null && model === 'RefreshToken' && (await deps.refreshGrace.isUsable(id, found));
    return open(isHidden ? { ...found, consumedAt: null } : found);
  }

  /**
   * Whether the record outlived its reason: a grant of a deleted client, or a session or grant of an
   * account that was signed out everywhere.
   */
  async function isOver({ accountId, clientId, iat }: AdapterPayload): Promise<boolean> {
    if (model !== 'Grant' && model !== 'Session') return false;
    const since = Number(iat);
    if (accountId && (await deps.isSignedOutSince(accountId, since))) return true;
    return model === 'Grant' && !(await deps.isGrantOfClient(String(clientId), since));
  }

  /**
   * An interaction without the results of a sign-in that was ended since. The browser then begins anew,
   * instead of resuming into a session.
   */
  async function withoutEnded(payload: AdapterPayload): Promise<AdapterPayload> {
    const { result, lastSubmission, ...rest } = payload;
    const id = signInOf(result) ?? signInOf(lastSubmission);
    return id !== null && (await deps.isSignInEnded(id)) ? rest : payload;
  }

  /** Adds what the library does not keep: where a code came from, and what was asked for at first. */
  function completed(payload: AdapterPayload): AdapterPayload {
    const { ctx } = Provider;
    if (!ctx) return payload;
    const known = withFirstScope(model, payload, ctx);
    return model === 'AuthorizationCode' ? withOrigin(known, originOf(ctx)) : known;
  }

  return {
    upsert: (id, payload, expiresIn) =>
      guarded(async () => {
        const artifact = seal(digest(id), completed(payload), expiresIn);
        if (model === 'ReplayDetection') {
          if (!(await artifacts.insert(artifact))) throw replayed();
          return;
        }
        // Requests that repeat a refresh write the same successor, and one that was used stays so.
        await (isSuccessor(model) ? artifacts.insert(artifact) : artifacts.upsert(artifact));
        if (model !== 'Session') return;
        const names = [id, String(payload.uid)];
        if (await endedSessions.isEnded(names)) await artifacts.destroy(model, digest(id));
      }),
    find: (id) =>
      guarded(async () => {
        const payload = await read(id);
        const { ctx } = Provider;
        if (model === 'AuthorizationCode' && ctx) noteOrigin(ctx, payload);
        if (ctx) noteFirstScope(ctx, payload);
        if (model === 'RefreshToken' && ctx) allowFirstScope(ctx, payload);
        if (payload && model === 'Interaction') return withoutEnded(payload);
        return payload && (await isOver(payload)) ? undefined : payload;
      }),
    findByUid: (uid) => guarded(async () => open(await artifacts.findByUid(model, digest(uid)))),
    findByUserCode: (userCode) => guarded(async () => open(await artifacts.findByUserCode(model, digest(userCode)))),
    consume: (id) =>
      guarded(async () => {
        if (await artifacts.consume(model, digest(id), clock())) return;
        if (model !== 'RefreshToken' || !(await deps.refreshGrace.mayRepeat(id))) throw alreadyUsed(model);
        deps.onRefreshRepeated();
      }),
    destroy: (id) =>
      guarded(async () => {
        if (model === 'Session') await endedSessions.remember(id);
        const isDestroyed = await artifacts.destroy(model, digest(id));
        // When two requests resume one interaction at once, only one may go on to a code.
        if (!isDestroyed && model === 'Interaction') throw new errors.SessionNotFound('interaction session not found');
      }),
    revokeByGrantId: (grantId) => guarded(() => artifacts.revokeByGrant(model, digest(grantId))),
  };
}

/**
 * Seconds that a record is remembered beyond its life. The library remembers the id of a proof from now on
 * for as long as a proof may be early, but such a proof is accepted until it is as late (RFC 9449 §11.1).
 */
function memoryOf(model: string, replayMemorySeconds: () => number): number {
  if (model === 'AuthorizationCode') return replayMemorySeconds();
  return model === 'ReplayDetection' ? proofToleranceSeconds + 1 : 0;
}

const whileStoreIsThere = (adapter: Adapter): Adapter => ({
  ...adapter,
  upsert: (...given) => guarded(() => adapter.upsert(...given)),
  find: (id) => guarded(() => adapter.find(id)),
  consume: (id) => guarded(() => adapter.consume(id)),
});

/**
 * Answers a store that is away with 503 in the shape of the protocol (RFC 6749 §4.1.2.1), not with a
 * server error.
 */
async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StoreUnavailableError') throw error;
    const unavailable = new errors.TemporarilyUnavailable('the provider cannot reach its database');
    unavailable.statusCode = 503;
    unavailable.status = 503;
    throw unavailable;
  }
}

function alreadyUsed(model: string): Error {
  if (model === 'PushedAuthorizationRequest') return new errors.InvalidRequestUri('request_uri was used already');
  return new errors.InvalidGrant('it was used already');
}

function replayed(): Error {
  const isDpop = Provider.ctx?.get('dpop') && !Provider.ctx.oidc.params?.client_assertion;
  return isDpop
    ? new errors.InvalidDpopProof('DPoP proof was used before')
    : new errors.InvalidClientAuth('client assertion was used before');
}
