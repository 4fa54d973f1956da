// Signs in by a passkey on the waiting browser, with an authenticator of its own or a phone nearby (acr
// `phr`). A request without an answer gets the options for the authenticator, which name nobody
// (security.md D4).

import type { Clock } from '../../clock.ts';
import { amrOfPasskey } from '../../core/account/passkey.ts';
import type { Binding, Passkeys } from '../../core/account/passkeys.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { passkeyAcr } from '../../oidc/acr.ts';
import { readJson } from '../kit/body.ts';
import type { Handler } from '../kit/context.ts';
import { proveByPasskey } from '../kit/passkey-proof.ts';
import { passkeySignInBody } from '../kit/passkey-schemas.ts';
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
    // The options count for this interaction only, so an answer is worthless in another one.
    const binding: Binding = ['interaction', interactionId];
    await limits.passkey(ctx.state.address);
    if (!body.passkey) {
      ctx.body = { options: await passkeys.requestOptions(binding) };
      return;
    }
    const { address } = ctx.state;
    const who = { address, clientId: interaction.client.id, correlationId: interaction.correlationId };
    const { account, passkey } = await proveByPasskey(deps, body.passkey, binding, who);
    await audit.signInSucceeded({ ...who, accountId: account.id }, 'passkey');
    const login = { acr: passkeyAcr, amr: amrOfPasskey(passkey), authenticatedAt: clock(), scopes: null };
    await waiting.complete(ctx, current, { ...login, account, method: 'passkey' });
  };
}
