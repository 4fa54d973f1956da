// Reports every request that the library refuses, once, with its reason. Answers that belong to a protocol
// when it works, such as `login_required` to `prompt=none`, are no refusals.
import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { RefusalEvent } from '../core/audit/audit-record.ts';
import type { Refusal } from '../core/refusal/refusal.ts';
import { type LibraryError, refusalOf, swappedIdOf } from './refusal-facts.ts';

export type ReportedRefusal = {
  readonly refusal: Refusal;
  readonly request: IncomingMessage;
  /** A secret as it was received, which may be the client's id. Not to be kept (refusal-facts.ts). */
  readonly swappedId: string | null;
};

/** Our event, by that of the library. Sign-out has routes of our own (logout.ts). */
const eventOf: Readonly<Record<string, RefusalEvent>> = {
  'authorization.error': 'authorization.refused',
  'pushed_authorization_request.error': 'pushed_request.refused',
  'device_authorization.error': 'device_authorization.refused',
  'grant.error': 'token.refused',
  'introspection.error': 'introspection.refused',
  'revocation.error': 'revocation.refused',
  'userinfo.error': 'userinfo.refused',
};

/** RFC 8628 §3.5, RFC 9449 §8: the client is meant to try again. */
const triesAgain = ['authorization_pending', 'slow_down', 'use_dpop_nonce'];
/** Answers to a silent request (OIDC Core §3.1.2.6). */
const toSilentRequest = ['login_required', 'consent_required', 'interaction_required', 'account_selection_required'];

/** The listener runs inside the request. It returns at once and never throws. */
export function reportRefusals(provider: Provider, onRefusal: (reported: ReportedRefusal) => void): void {
  /**
   * The library reports an authorization request twice when its redirect URI is wrong besides. The second
   * report follows in the same turn and is the one that the person sees.
   */
  const latest = new Map<KoaContextWithOIDC, Refusal>();
  for (const [name, event] of Object.entries(eventOf)) {
    provider.on(name as 'grant.error', (ctx, error) => {
      if (isOrdinary(ctx, error)) return;
      if (!latest.has(ctx)) {
        queueMicrotask(() => {
          const refusal = latest.get(ctx);
          latest.delete(ctx);
          if (refusal) onRefusal({ refusal, request: ctx.req, swappedId: swappedIdOf(ctx) });
        });
      }
      latest.set(ctx, refusalOf(event, ctx, error));
    });
  }
}

function isOrdinary({ oidc }: KoaContextWithOIDC, { error = '' }: LibraryError): boolean {
  // The person's own decision has its record already: `ticket.denied`, `ticket.cancelled`.
  if (triesAgain.includes(error) || error === 'access_denied') return true;
  return String(oidc.params?.prompt ?? '').includes('none') && toSilentRequest.includes(error);
}
