// `/account/passkeys`: an account's passkeys, shown to its devices, and changed after a fresh proof
// (security.md D7).
// Making a passkey is a conversation with the browser, so changes are JSON.
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { PasskeyId } from '../../core/account/passkey.ts';
import type { Binding, Passkeys } from '../../core/account/passkeys.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { DeviceError } from '../../core/device/device.ts';
import type { Notices } from '../../core/notice/notices.ts';
import { readJson } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { AnswerOnce } from '../kit/form-repeats.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import { createPasskeyBody, renamePasskeyBody } from '../kit/passkey-schemas.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { describeAgent } from '../kit/user-agent.ts';
import type { AccountView } from './account-view.ts';
import type { FreshnessOf } from './freshness.ts';
import type { OwnViews } from './own-views.ts';
import { needsProof } from './owner-pages.ts';
import { passkeySignal } from './passkey-signal.ts';

export type AccountPasskeysDeps = {
  readonly passkeys: Passkeys;
  readonly identity: Identity;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly freshnessOf: FreshnessOf;
  readonly limits: RequestLimits;
  readonly audit: Audit;
  readonly notices: Pick<Notices, 'credentialChanged'>;
  readonly clock: Clock;
  readonly answerOnce: AnswerOnce;
};

const passkeysPath = '/account/passkeys';

export function createAccountPasskeyRoutes(deps: AccountPasskeysDeps): Router<State> {
  const { passkeys, identity, audit, notices, clock, freshnessOf } = deps;

  /**
   * The owner, after a fresh proof. @throws DeviceError `not_signed_in`, `device_proof_…`,
   * `reauthentication_required`
   */
  async function freshOwner(ctx: Context): Promise<SignedInDevice> {
    // The scope of an access token is approvals, and nothing else of the account.
    if (ctx.get('Authorization')) throw new DeviceError('not_signed_in', 'Sign in in a browser to change passkeys.');
    const owner = await identity.proveBrowser(ctx);
    if (!(await freshnessOf(owner)).isFresh) throw needsProof();
    return owner;
  }

  const page: Handler = async (ctx) => {
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn) return deps.view.closed(ctx, passkeysPath);
    const present = await passkeys.list(signedIn.account.id);
    const html = deps.views.passkeys({
      locale: deps.view.localeOf(ctx, signedIn.account),
      nonce: ctx.state.nonce,
      now: clock(),
      passkeys: present,
      signal: passkeySignal(passkeys, signedIn.account, present),
      suggestedName: describeAgent(ctx.get('User-Agent')).system,
      ...(await freshnessOf(signedIn)),
      isPossible: passkeys.isPossible,
    });
    deps.view.send(ctx, html);
  };

  /** Whom the audit record names. */
  const whoOf = (ctx: Context, { account, device }: SignedInDevice) => ({
    accountId: account.id,
    deviceId: device.id,
    address: ctx.state.address,
  });

  /** Without an answer of the authenticator it responds with the options; with one it stores the passkey. */
  const create: Handler = async (ctx) => {
    const owner = await freshOwner(ctx);
    const { passkey: response, name = '' } = await readJson(ctx, createPasskeyBody);
    const binding: Binding = ['create', owner.account.id, owner.device.id];
    await deps.limits.passkey(ctx.state.address);
    if (!response) {
      ctx.body = { options: await passkeys.creationOptions(owner.account, binding) };
      return;
    }
    const made = await passkeys.create(owner.account, { response, name }, binding);
    await audit.passkeyChanged('passkey.created', whoOf(ctx, owner), made);
    await notices.credentialChanged(owner.account, 'passkey_created', owner.device.id);
    ctx.status = 201;
    ctx.body = { id: made.id, name: made.name, synced: made.synced };
  };

  /** Renames a passkey. @throws PasskeyError `passkey_not_found`, `passkey_name_invalid` */
  const rename: Handler = async (ctx) => {
    const owner = await freshOwner(ctx);
    const { name } = await readJson(ctx, renamePasskeyBody);
    const renamed = await passkeys.rename(owner.account.id, idOf(ctx), name);
    await audit.passkeyChanged('passkey.renamed', whoOf(ctx, owner), renamed);
    ctx.body = { id: renamed.id, name: renamed.name, synced: renamed.synced };
  };

  /** Removes a passkey, once for all repetitions. @throws PasskeyError `passkey_not_found`, `passkey_last` */
  const remove: Handler = async (ctx) => {
    const owner = await freshOwner(ctx);
    await deps.answerOnce(ctx, JSON.stringify([ctx.method, ctx.path, owner.device.id]), async () => {
      const removed = await passkeys.remove(owner.account, idOf(ctx));
      await audit.passkeyChanged('passkey.removed', whoOf(ctx, owner), removed);
      await notices.credentialChanged(owner.account, 'passkey_removed', owner.device.id);
      ctx.status = 204;
    });
  };

  return new Router<State>({ prefix: passkeysPath })
    .get('/', page)
    .post('/', create)
    .post('/:id', rename)
    .delete('/:id', remove);
}

const idOf = (ctx: Context): PasskeyId => String(ctx.params.id) as PasskeyId;
