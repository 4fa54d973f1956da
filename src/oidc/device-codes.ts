// The library's device codes (RFC 8628) as tickets. The library checks the client and the request, and
// issues the tokens. The ticket decides whether there is something to issue, how fast a screen may poll,
// and that it gets its tokens once (core/approval/screen-sign-ins.ts).
import type { IncomingMessage } from 'node:http';
import Provider, { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { type BegunScreen, pollIntervalSeconds, type ScreenSignIns } from '../core/approval/screen-sign-ins.ts';
import { ownScopes } from '../core/client/client-schema.ts';
import { type Ticket, TicketError } from '../core/ticket/ticket.ts';
import { randomSecret, type Vault } from '../crypto.ts';
import { AppError } from '../errors.ts';
import { requestedAcrOf, waysFor } from './acr.ts';
import { subjectNamed } from './claims-parameter.ts';
import { deviceGrantType } from './client-metadata.ts';
import { noteOrigin } from './code-origin.ts';
import { firstScopeParameter, noteFirstScope } from './scopes.ts';

/** The screen that asks, as the server saw it. */
export type ScreenCaller = { readonly name: string; readonly system: string; readonly address: string };

export type DeviceCodesDeps = {
  readonly issuer: string;
  readonly vault: Vault;
  readonly screens: Pick<ScreenSignIns, 'begin' | 'poll' | 'consume'>;
  readonly callerOf: (req: IncomingMessage) => ScreenCaller;
};

/** The library's own codes have 43 characters. */
const maxCodeLength = 128;
/** Made once, because nearly every answer is one of these two. Their stack traces tell nothing. */
const pending = Object.freeze(new errors.AuthorizationPending());
const slowDown = Object.freeze(new errors.SlowDown());
const begun = new WeakMap<object, BegunScreen>();

/** Makes the library's adapter for its model `DeviceCode`. */
export function createDeviceCodeAdapter({ vault, screens, callerOf }: DeviceCodesDeps): Adapter {
  const none = async () => undefined;
  const grantIdOf = (ticket: Ticket): string => vault.mac(ticket.id, 'device grant');

  /** A request that names another account must not end in tokens (OIDC Core §3.1.2.2, §5.5.1). */
  function isExpectedAccount({ scan, screen }: Ticket): boolean {
    const { client } = contextNow().oidc;
    if (screen?.expectedSubject === undefined || !scan) return true;
    const isPairwise = client?.subjectType === 'pairwise';
    const subject = isPairwise ? vault.mac(`${client.sectorIdentifier}.${scan.accountId}`, 'pairwise') : scan.accountId;
    return subject === screen.expectedSubject;
  }

  async function approved(code: string): Promise<Ticket | undefined> {
    const clientId = Provider.ctx?.oidc.client?.clientId;
    if (!clientId || code.length > maxCodeLength) return undefined;
    const { state, ticket } = await screens.poll(code, clientId);
    if (state === 'pending') throw pending;
    if (state === 'too_fast') throw slowDown;
    if (state === 'denied') throw new errors.AccessDenied('the person refused');
    if (state === 'expired') throw new errors.ExpiredToken('the code has expired');
    if (ticket && !isExpectedAccount(ticket)) throw new errors.AccessDenied('another account approved than was named');
    return ticket ?? undefined;
  }

  return {
    async upsert(code, _payload, lifeSeconds = 0) {
      const ctx = contextNow();
      begun.set(
        ctx,
        await screens
          .begin({ deviceCode: code, lifeSeconds, ...wishOf(ctx), ...callerOf(ctx.req) })
          .catch((error: unknown) => refuse(ctx, error)),
      );
    },
    async find(code) {
      const ticket = await approved(code);
      if (!ticket) return undefined;
      const origin = { correlationId: ticket.request.correlationId, ticketId: ticket.id };
      noteOrigin(contextNow(), { origin });
      noteFirstScope(contextNow(), { firstScope: ticket.screen?.askedScope });
      return payloadOf(ticket, code, grantIdOf(ticket));
    },
    async consume(code) {
      const ctx = contextNow();
      const ticket = await approved(code);
      if (!ticket) throw usedUp();
      await screens
        .consume(ticket, (consumed) => saveGrant(ctx, consumed, grantIdOf(consumed)))
        .catch((error) => {
          if (error instanceof TicketError) throw usedUp();
          throw error;
        });
    },
    findByUid: none,
    findByUserCode: none,
    destroy: none,
    revokeByGrantId: none,
  };
}

/**
 * Replaces the answer to a screen (RFC 8628 §3.2), because the library knows neither our user codes nor an
 * interval.
 */
export function answerScreens(provider: Provider, issuer: string): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' || ctx.path === '/device/auth') nameRefusal(ctx as KoaContextWithOIDC);
    const shown = begun.get(ctx);
    if (!shown || ctx.status !== 200) return;
    const { device_code, expires_in } = ctx.body as Record<string, unknown>;
    ctx.body = {
      device_code,
      user_code: shown.userCode,
      verification_uri: `${issuer}/q`,
      verification_uri_complete: `${issuer}/q/${shown.handle}`,
      expires_in,
      interval: pollIntervalSeconds,
    };
  });
}

/** The library answers `invalid_request` where RFC 6749 §5.2 has a more exact code. */
function nameRefusal(ctx: KoaContextWithOIDC): void {
  if (ctx.status !== 400 || (ctx.body as { error?: string } | undefined)?.error !== 'invalid_request') return;
  const isAsked = ctx.path === '/device/auth' || ctx.oidc.params?.grant_type === deviceGrantType;
  if (isAsked && ctx.oidc.client?.grantTypeAllowed(deviceGrantType) === false)
    ctx.body = { error: 'unauthorized_client', error_description: 'this client may not sign in devices' };
}

function contextNow(): KoaContextWithOIDC {
  const ctx = Provider.ctx;
  if (!ctx) throw new Error('a device code belongs to a request');
  return ctx;
}

/**
 * What was requested, as far as the client may have it.
 * @throws errors.InvalidScope when nothing is left; errors.UnmetAuthenticationRequirements when no
 * approval by a phone reaches the requested class
 */
function wishOf({ oidc }: KoaContextWithOIDC) {
  const { client, params, resourceServers = {} } = oidc;
  const allowed = client?.scope?.split(' ') ?? [];
  const ofResources = Object.values(resourceServers).flatMap((server) => [...server.scopes]);
  // The library allows offline_access to every client with refresh tokens. A screen may stand in a shared
  // room, so here the client needs that scope.
  const isAllowed = (scope: string) => scope !== 'offline_access' || allowed.includes(scope);
  const wanted = [...oidc.requestParamScopes];
  const scopes = wanted.filter(
    (scope) => (oidc.requestParamOIDCScopes.has(scope) && isAllowed(scope)) || ofResources.includes(scope),
  );
  if (scopes.length === 0) throw new errors.InvalidScope('none of the scopes can be had', wanted.join(' '));
  const requestedAcr = requestedAcrOf(params ?? {});
  if (!waysFor(requestedAcr).includes('qr'))
    throw new errors.UnmetAuthenticationRequirements('no device without a browser can be signed in that way');
  const { [firstScopeParameter]: asked } = params ?? {};
  const expectedSubject = subjectNamed(params ?? {});
  return {
    clientId: String(client?.clientId),
    scopes,
    resources: Object.keys(resourceServers),
    requestedAcr,
    // The library turns max_age=0 into a login prompt.
    isPersonAskedAnew: oidc.prompts.has('login'),
    ...(expectedSubject !== null && { expectedSubject }),
    ...(typeof asked === 'string' && { askedScope: asked }),
    maxAgeSeconds: params?.max_age === undefined ? null : Number(params.max_age),
    correlationId: randomSecret(128),
  };
}

const payloadOf = ({ issuedAt, endsAt, request, scan, decision, screen }: Ticket, code: string, grantId: string) =>
  ({
    kind: 'DeviceCode',
    jti: code,
    iat: issuedAt,
    exp: endsAt,
    clientId: request.clientId,
    accountId: scan?.accountId,
    acr: decision?.acr,
    amr: [...(decision?.amr ?? [])],
    authTime: decision?.authenticatedAt,
    scope: decision?.scopes.join(' '),
    grantId,
    ...(screen && screen.resources.length > 0 && { resource: oneOrMany(screen.resources) }),
  }) as AdapterPayload;

const oneOrMany = (all: readonly string[]): string | string[] => (all.length === 1 ? String(all[0]) : [...all]);

/**
 * Saves the grant under an id derived from the ticket. Only the request that consumed the approval calls
 * this.
 */
async function saveGrant({ oidc }: KoaContextWithOIDC, ticket: Ticket, grantId: string): Promise<string> {
  const { scan, decision, request, screen } = ticket;
  const grant = new oidc.provider.Grant({ accountId: String(scan?.accountId), clientId: request.clientId });
  grant.jti = grantId;
  // The library reads the grant's lifetime from its client (options.ts).
  if (oidc.client) grant.client = oidc.client;
  const scopes = decision?.scopes ?? [];
  const isOwn = (scope: string) => (ownScopes as readonly string[]).includes(scope);
  grant.addOIDCScope(scopes.filter((scope) => !isOwn(scope)).join(' '));
  for (const resource of screen?.resources ?? []) grant.addResourceScope(resource, scopes.filter(isOwn).join(' '));
  return String(await grant.save());
}

const usedUp = () => new errors.InvalidGrant('it was used already, or is no longer valid');

function refuse(ctx: KoaContextWithOIDC, error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'rate_limited') throw error;
  ctx.set('Retry-After', String(error.facts.retryAfterSeconds ?? 1));
  const refusal = new errors.TemporarilyUnavailable(error.message);
  refusal.statusCode = 429;
  refusal.status = 429;
  throw refusal;
}
