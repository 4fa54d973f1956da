// The ways to sign in beside the QR code and the passkey: a password on the waiting browser, the device
// that this browser is, and consent alone.
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { deviceAcr, passwordAcr } from '../../oidc/acr.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import { readForm, readJson } from '../kit/body.ts';
import type { Context, Handler } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';
import type { IsKnownBrowser } from '../kit/known-browser.ts';
import { wantsPage } from '../kit/navigation.ts';
import { HttpError } from '../kit/refusals.ts';
import { isFreshEnough } from './situation.ts';
import type { SignInPages } from './waiting-pages.ts';
import { interactionNotFound, type WaitingRequests } from './waiting-requests.ts';

export type OtherSignInDeps = {
  readonly interactions: Interactions;
  readonly accounts: Accounts;
  readonly identity: Identity;
  readonly signInPages: SignInPages;
  readonly waiting: WaitingRequests;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly isKnownBrowser: IsKnownBrowser;
};

/** `scopes` are those that the person granted; absent means everything that was requested. */
const continueBody = z.strictObject({ scopes: z.array(z.string().min(1).max(64)).max(32).optional() });

/**
 * Makes the handlers of these ways. Each ends with `interactions.finish` or `interactions.consent`, which
 * apply the id_token_hint rule.
 */
export function createOtherSignIn(deps: OtherSignInDeps) {
  const { interactions, signInPages, waiting, audit, clock } = deps;

  /**
   * `POST /interaction/:uid/password`. To a form without script, a refusal is the page again with the
   * reason.
   */
  const password: Handler = async (ctx) => {
    const current = await waiting.currentForSignIn(ctx, 'password');
    const { interaction } = current;
    const form = await readForm(ctx);
    const username = form.get('username') ?? '';
    const account = await signInWithPassword(ctx, interaction, username, form.get('password') ?? '').catch(
      async (error: unknown) => {
        if (!wantsPage(ctx)) throw error;
        await signInPages.renderRefused(ctx, current, { error, username });
        return null;
      },
    );
    if (!account) return;
    const login = { acr: passwordAcr, amr: ['pwd'], authenticatedAt: clock(), scopes: null };
    await waiting.complete(ctx, current, { ...login, account, method: 'password' });
  };

  /**
   * Verifies the password and records the result.
   * @throws AccountError for a wrong password, too many attempts or a disabled account
   */
  async function signInWithPassword(
    ctx: Context,
    interaction: Interaction,
    username: string,
    secret: string,
  ): Promise<Account> {
    const { address } = ctx.state;
    const who = { address, clientId: interaction.client.id, correlationId: interaction.correlationId };
    try {
      const isKnown = () => deps.isKnownBrowser(ctx, username);
      const account = await deps.accounts.verifyCredentials({ username, password: secret, address, isKnown });
      await audit.signInSucceeded({ ...who, accountId: account.id }, 'password');
      return account;
    } catch (error) {
      await audit.signInFailed(who, error instanceof Error && 'code' in error ? String(error.code) : 'error');
      throw error;
    }
  }

  /**
   * `POST /interaction/:uid/continue`: signs in with the device that this browser is. The device key
   * proves it, like every other decision of a device (security.md C1).
   */
  const continueHere: Handler = async (ctx) => {
    const current = await waiting.currentForSignIn(ctx, 'device');
    const { interaction } = current;
    const { device, account } = await deps.identity.proveBrowser(ctx);
    if (!isFreshEnough(interaction, device, clock())) {
      throw new HttpError('other_sign_in_off', 'This site asks you to sign in again.');
    }
    const { scopes } = await readJson(ctx, continueBody);
    await audit.signInSucceeded(
      { ...ofDevice(ctx, interaction), accountId: account.id, deviceId: device.id },
      'device',
    );
    const granted = interaction.scopes.filter((scope) => scope === 'openid' || !scopes || scopes.includes(scope));
    const { authenticatedAt } = device;
    const login = { acr: deviceAcr, amr: ['swk'], authenticatedAt, scopes: granted };
    await waiting.complete(ctx, current, { ...login, account, method: 'device', deviceId: device.id });
  };

  /**
   * `POST /interaction/:uid/consent`: grants the requested scopes to the client, for the account of the
   * session.
   */
  const consent: Handler = async (ctx) => {
    const { interaction } = await waiting.current(ctx);
    if (interaction.prompt !== 'consent' || !interaction.sessionAccountId) throw interactionNotFound();
    const location = await interactions.consent(ctx.req, ctx.res, interaction, interaction.sessionAccountId);
    if (location === null) throw interactionNotFound();
    waiting.leave(ctx, interaction, location);
  };

  return { password, continueHere, consent };
}

const ofDevice = (ctx: Context, interaction: Interaction) => ({
  address: ctx.state.address,
  clientId: interaction.client.id,
  correlationId: interaction.correlationId,
});
