// Signs in to the phone's pages by a passkey: `POST /sign-in/passkey`, first for the options, then with the
// answer. The options name nobody (security.md D4).
import type { Account } from '../../core/account/account.ts';
import type { AuthenticationResponseJSON, Binding } from '../../core/account/passkeys.ts';
import { digest } from '../../crypto.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import { type PasskeyProofDeps, proveByPasskey } from '../kit/passkey-proof.ts';
import type { RequestLimits } from '../kit/request-limits.ts';

export type PhonePasskeyDeps = PasskeyProofDeps & { readonly limits: RequestLimits; readonly cookies: Cookies };

export function createPhonePasskey(deps: PhonePasskeyDeps) {
  /** Bound to this browser by its cookie, so that an answer is invalid in another browser. */
  const bindingOf = (ctx: Context): Binding => ['sign_in', digest(deps.cookies.browser(ctx))];
  return {
    /** Answers with the options of `navigator.credentials.get`. */
    async ask(ctx: Context): Promise<void> {
      await deps.limits.passkey(ctx.state.address);
      ctx.body = { options: await deps.passkeys.requestOptions(bindingOf(ctx)) };
    },

    /** The account that owns the passkey. @throws PasskeyError as `Passkeys.prove` */
    async prove(ctx: Context, answer: AuthenticationResponseJSON): Promise<Account> {
      await deps.limits.passkey(ctx.state.address);
      return (await proveByPasskey(deps, answer, bindingOf(ctx), { address: ctx.state.address })).account;
    },
  };
}
