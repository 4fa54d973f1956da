// Translates the library's events into ours, for audit and log. Listeners run inside the library's
// requests, so they pass the event on and never throw.
import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SignInProtection } from '../core/client/client-use-store.ts';
import { deviceGrantType } from './client-metadata.ts';
import { approvalOf, notedOrigin, signInOf } from './code-origin.ts';
import { trialCallbackOf } from './trial.ts';

export type OidcEvent = {
  readonly type:
    | 'code.issued'
    | 'code.redeemed'
    | 'session.attached'
    | 'session.ended'
    | 'refresh_token.repeated'
    | 'server_error';
  readonly correlationId?: string | null;
  /** The ticket of the QR code that led to the token. */
  readonly ticketId?: string | null;
  readonly accountId?: string | null;
  readonly clientId?: string | null;
  /** The record of the sign-in (core/approval); absent for a browser that was signed in already. */
  readonly signInId?: string;
  readonly sessionUid?: string;
  readonly grantId?: string | null;
  /** Whether the code belongs to the console's "Try it", so the client was not used. */
  readonly isTrial?: boolean;
  /** What the authorization request protected its code with. */
  readonly protection?: SignInProtection;
  /** Whether a screen got the tokens, which needs no code. */
  readonly isScreen?: true;
  /** The request, where the record names the address that it came from. */
  readonly request?: IncomingMessage;
  readonly error?: unknown;
};

export function reportEvents(provider: Provider, onEvent: (event: OidcEvent) => void): void {
  provider.on('authorization.success', (ctx) => {
    const facts = factsOf(ctx);
    const approvalId = approvalOf(ctx.oidc.result);
    const isTrial = ctx.oidc.params?.redirect_uri === trialCallbackOf(provider.issuer);
    onEvent({ type: 'code.issued', ...facts, ticketId: approvalId, isTrial, protection: protectionOf(ctx) });
    reportSession(ctx, onEvent);
  });
  // The person signed in, and the request then needed their consent or failed. The session is there.
  provider.on('interaction.started', (ctx) => signInOf(ctx.oidc.result) && reportSession(ctx, onEvent));
  provider.on('authorization.error', (ctx) => signInOf(ctx.oidc.result) && reportSession(ctx, onEvent));
  provider.on('grant.success', (ctx) => {
    const isScreen = ctx.oidc.params?.grant_type === deviceGrantType;
    if (!isScreen && ctx.oidc.params?.grant_type !== 'authorization_code') return;
    onEvent({ type: 'code.redeemed', ...factsOf(ctx), ...notedOrigin(ctx), ...(isScreen && { isScreen }) });
  });
  provider.on('end_session.success', (ctx) => {
    const sessionUid = ctx.oidc.session?.uid;
    onEvent({ type: 'session.ended', ...factsOf(ctx), ...(sessionUid && { sessionUid }) });
  });
  // Within a request only our queue writes about back-channel logout (logout-sender.ts).
  provider.on('backchannel.error', (_ctx, error) => onEvent({ type: 'server_error', error }));
  provider.on('server_error', (_ctx, error) => onEvent({ type: 'server_error', error }));
}

/** Reports to which sign-in the session of this request belongs, and what was granted in it. */
function reportSession(ctx: KoaContextWithOIDC, onEvent: (event: OidcEvent) => void): void {
  const sessionUid = ctx.oidc.session?.uid;
  if (!sessionUid) return;
  const signInId = signInOf(ctx.oidc.result);
  const grantId = ctx.oidc.grant?.jti ?? null;
  onEvent({ type: 'session.attached', ...factsOf(ctx), ...(signInId && { signInId }), sessionUid, grantId });
}

function protectionOf({ oidc }: KoaContextWithOIDC): SignInProtection {
  const hasNonce = Boolean(oidc.params?.nonce);
  if (oidc.params?.code_challenge) return hasNonce ? 'pkce+nonce' : 'pkce';
  return hasNonce ? 'nonce' : 'neither';
}

/**
 * A refresh token was presented again. The address tells two tabs from somebody elsewhere who has the token.
 */
export const refreshRepeated = (ctx: KoaContextWithOIDC): OidcEvent => ({
  type: 'refresh_token.repeated',
  ...factsOf(ctx),
  request: ctx.req,
});

/** Whom a request of the library concerns. */
export function factsOf({ oidc }: KoaContextWithOIDC) {
  return {
    correlationId: oidc.entities.Interaction?.cid ?? null,
    accountId: oidc.account?.accountId ?? oidc.session?.accountId ?? null,
    clientId: oidc.client?.clientId ?? null,
  };
}
