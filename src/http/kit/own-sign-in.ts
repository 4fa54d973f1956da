// Finishes an interaction for a person who proved themselves on the waiting browser, without a phone. The
// sign-in is recorded first, so that its browser is listed and can be ended from then on.
import type { Account } from '../../core/account/account.ts';
import type { OwnMethod } from '../../core/approval/approval.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import { digest } from '../../crypto.ts';
import type { Interaction, Interactions, Login } from '../../oidc/interaction.ts';
import type { Context } from './context.ts';
import type { Cookies } from './cookies.ts';
import { describeAgent } from './user-agent.ts';

export type OwnSignInDeps = {
  readonly interactions: Pick<Interactions, 'finish'>;
  readonly approvals: Pick<Approvals, 'recordOwn'>;
  readonly cookies: Pick<Cookies, 'browser'>;
};

/** `account` as it was read before the proof; `deviceId` for the method `device`. */
export type OwnLogin = Pick<Login, 'acr' | 'amr' | 'authenticatedAt' | 'scopes'> & {
  readonly account: Account;
  readonly method: OwnMethod;
  readonly deviceId?: string;
};

/**
 * @returns a function that answers where the browser continues
 * @throws AccountError `credentials_wrong` when the account was disabled or signed out meanwhile
 */
export const createOwnSignIn =
  ({ interactions, approvals, cookies }: OwnSignInDeps) =>
  async (
    ctx: Context,
    interaction: Interaction,
    { account, method, deviceId, ...login }: OwnLogin,
  ): Promise<string> => {
    const { name, system } = describeAgent(ctx.get('User-Agent'));
    const signInId = await approvals.recordOwn({
      method,
      account,
      deviceId: deviceId ?? null,
      clientId: interaction.client.id,
      scopes: login.scopes ?? interaction.scopes,
      browser: { browserHash: digest(cookies.browser(ctx)), name, system, address: ctx.state.address },
    });
    const result: Login = { ...login, accountId: account.id, remember: false, signInId };
    return interactions.finish(ctx.req, ctx.res, interaction, result);
  };
