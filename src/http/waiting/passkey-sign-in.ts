// Signing in by a passkey: on the waiting browser itself, local or from a phone nearby (acr `phr`), and on the phone, where it makes a
// device as a password does. One route each: without an answer it hands out the question, which names nobody (security.md D4).

import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import { amrOfPasskey } from '../../core/account/passkey.ts';
import type { AuthenticationResponseJSON, Binding, PasskeyProof, Passkeys } from '../../core/account/passkeys.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { digest } from '../../crypto.ts';
import { passkeyAcr } from '../../oidc/acr.ts';
import { readJson } from '../kit/body.ts';
import type { Context, Handler } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import { passkeySignInBody } from '../kit/passkey-schemas.ts';
import { refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import type { WaitingRequests } from './waiting-requests.ts';

export type PasskeySignInDeps = {
  readonly passkeys: Passkeys;
  readonly waiting: WaitingRequests;
  readonly limits: RequestLimits;
  readonly audit: Audit;
  readonly clock: Clock;
};

/** `POST /interaction/:uid/passkey` */
export function createPasskeySignIn(deps: PasskeySignInDeps): Handler {
  const { passkeys, waiting, limits, audit, clock } = deps;
  return async (ctx) => {
    const current = await waiting.currentForSignIn(ctx, 'passkey');
    const { interaction, interactionId } = current;
    const body = await readJson(ctx, passkeySignInBody);
    const binding: Binding = ['interaction', interactionId];
    await limits.passkey(ctx.state.address);
    if (!body.passkey) {
      ctx.body = { options: await passkeys.requestOptions(binding) };
      return;
    }
    const { address } = ctx.state;
    const who = { address, clientId: interaction.client.id, correlationId: interaction.correlationId };
    const { account, passkey } = await proveAudited(deps, body.passkey, binding, who);
    await audit.signInSucceeded({ ...who, accountId: account.id }, 'passkey');
    const login = {
      accountId: account.id,
      acr: passkeyAcr,
      amr: amrOfPasskey(passkey),
      authenticatedAt: clock(),
      remember: false,
      scopes: null,
    };
    await waiting.complete(ctx, current, login);
  };
}

type PhoneDeps = Pick<PasskeySignInDeps, 'passkeys' | 'limits' | 'audit'> & { readonly cookies: Cookies };

/** What `POST /sign-in/passkey` does before a device is made: the question, or the person who answered it. */
export function createPhonePasskey(deps: PhoneDeps) {
  /** This very browser: an answer is of no use in another. */
  const bindingOf = (ctx: Context): Binding => ['sign_in', digest(deps.cookies.browser(ctx))];
  return {
    async ask(ctx: Context): Promise<void> {
      await deps.limits.passkey(ctx.state.address);
      ctx.body = { options: await deps.passkeys.requestOptions(bindingOf(ctx)) };
    },
    /** @throws PasskeyError `passkey_invalid` */
    async prove(ctx: Context, answer: AuthenticationResponseJSON): Promise<Account> {
      await deps.limits.passkey(ctx.state.address);
      return (await proveAudited(deps, answer, bindingOf(ctx), { address: ctx.state.address })).account;
    },
  };
}

type Who = Parameters<Audit['signInFailed']>[0];

async function proveAudited(
  { passkeys, audit }: Pick<PasskeySignInDeps, 'passkeys' | 'audit'>,
  answer: AuthenticationResponseJSON,
  binding: Binding,
  who: Who,
): Promise<PasskeyProof> {
  try {
    return await passkeys.prove(answer, binding);
  } catch (error) {
    await audit.signInFailed(who, refusalFor(error).code);
    throw error;
  }
}
