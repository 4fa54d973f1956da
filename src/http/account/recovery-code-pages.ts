// `/account/recovery-codes`: how many are left, and ten new ones after a fresh proof (security.md D7, D9).
// They are shown in one response and never again.
// Only a device's cookie leads here, so a session that began with a QR code cannot make codes.
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import { recoveryCodeCount } from '../../core/account/recovery-code.ts';
import type { RecoveryCodes } from '../../core/account/recovery-codes.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Notices } from '../../core/notice/notices.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import type { AccountView } from './account-view.ts';
import type { FreshnessOf } from './freshness.ts';
import type { OwnViews } from './own-views.ts';
import { needsProof } from './owner-pages.ts';

export type AccountRecoveryCodesDeps = {
  readonly issuer: string;
  readonly recoveryCodes: RecoveryCodes;
  readonly identity: Identity;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly freshnessOf: FreshnessOf;
  readonly audit: Audit;
  readonly notices: Notices;
  readonly clock: Clock;
};

const recoveryCodesPath = '/account/recovery-codes';

export function createAccountRecoveryCodeRoutes(deps: AccountRecoveryCodesDeps): Router<State> {
  const { recoveryCodes, identity, audit, clock, freshnessOf } = deps;

  /**
   * The owner, after a fresh proof. @throws DeviceError `not_signed_in`, `device_proof_…`,
   * `reauthentication_required`
   */
  async function freshOwner(ctx: Context): Promise<SignedInDevice> {
    const owner = await identity.proveBrowser(ctx);
    if (!(await freshnessOf(owner)).isFresh) throw needsProof();
    return owner;
  }

  const page: Handler = async (ctx) => {
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn) return deps.view.closed(ctx, recoveryCodesPath);
    const { id, username, displayName } = signedIn.account;
    const html = deps.views.recoveryCodes({
      locale: deps.view.localeOf(ctx, signedIn.account),
      nonce: ctx.state.nonce,
      now: clock(),
      displayName,
      username,
      host: new URL(deps.issuer).host,
      left: await recoveryCodes.count(id),
      count: recoveryCodeCount,
      ...(await freshnessOf(signedIn)),
    });
    deps.view.send(ctx, html);
  };

  /** Makes ten codes and voids those of before. */
  const make: Handler = async (ctx) => {
    const { account, device } = await freshOwner(ctx);
    const codes = await recoveryCodes.make(account.id);
    await audit.recoveryCodesMade({ accountId: account.id, deviceId: device.id, address: ctx.state.address });
    await deps.notices.credentialChanged(account, 'recovery_codes_made', device.id);
    ctx.status = 201;
    ctx.body = { codes };
  };

  return new Router<State>({ prefix: recoveryCodesPath }).get('/', page).post('/', make);
}
