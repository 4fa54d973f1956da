// Who may enter `/account`, and who may change something there: a device of the account, by its cookie; every change signed by its key; what
// signs people in or reaches them, only minutes after they proved who they are (security.md B17, C1, D7). A browser signed in by a QR code
// has a session of the provider's and no such cookie: it meets a page that says why it cannot come in.
import Router from '@koa/router';
import { DeviceError } from '../../core/device/device.ts';
import { AppError } from '../../errors.ts';
import { readForm } from '../kit/body.ts';
import type { Context, State } from '../kit/context.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import { seeOther, wantsPage } from '../kit/navigation.ts';
import { refusalFor } from '../kit/refusals.ts';
import type { AccountView } from './account-view.ts';
import type { FreshnessOf } from './freshness.ts';
import type { Owner } from './owner.ts';

export type Form = ReadonlyMap<string, string>;
export type OwnerHandler = (ctx: Context, owner: Owner) => Promise<void> | void;

export type OwnerPagesDeps = {
  readonly identity: Identity;
  readonly view: AccountView;
  readonly freshnessOf: FreshnessOf;
};

type Change = {
  /** Below `/account`. */
  readonly path: string;
  /** The page that its form stands on. */
  readonly page: string;
  /** Changes what signs somebody in or reaches them, or shows or deletes everything: asks for a fresh proof. */
  readonly isSensitive?: boolean;
  readonly work: (ctx: Context, owner: Owner, form: Form) => Promise<void>;
  /** The page again, with what is wrong. */
  readonly redraw: (ctx: Context, owner: Owner, problem: string) => Promise<void> | void;
};

export type OwnerPages = ReturnType<typeof createOwnerPages>;

export const needsProof = () => new DeviceError('reauthentication_required', 'Confirm that it’s you first.');

export function createOwnerPages({ identity, view, freshnessOf }: OwnerPagesDeps) {
  const router = new Router<State>({ prefix: '/account' });
  const ownerOf = async (signedIn: SignedInDevice): Promise<Owner> => ({
    ...signedIn,
    ...(await freshnessOf(signedIn)),
  });

  /** @throws DeviceError `not_signed_in`, `device_proof_…`, `reauthentication_required` */
  async function prove(ctx: Context, form: Form, isSensitive: boolean): Promise<Owner> {
    const owner = await ownerOf(await identity.proveForm(ctx, form.get('device_proof')));
    if (isSensitive && !owner.isFresh) throw needsProof();
    return owner;
  }

  return {
    router,

    page(path: string, handler: OwnerHandler): void {
      router.get(path, async (ctx: Context) => {
        const signedIn = await identity.byCookie(ctx);
        if (!signedIn) return view.closed(ctx, '/account');
        await identity.touch(ctx, signedIn);
        await handler(ctx, await ownerOf(signedIn));
      });
    },

    /** A form's target. A refusal is shown on the form's page; to a program it is a problem document. */
    change({ path, page, isSensitive = false, work, redraw }: Change): void {
      router.post(path, async (ctx: Context) => {
        const form = await readForm(ctx);
        let owner: Owner;
        try {
          owner = await prove(ctx, form, isSensitive);
        } catch (error) {
          if (!(error instanceof DeviceError) || !wantsPage(ctx)) throw error;
          return view.refuseEntry(ctx, error, page);
        }
        try {
          await work(ctx, owner, form);
        } catch (error) {
          const refusal = refusalFor(error);
          if (!(error instanceof AppError) || refusal.status >= 500 || !wantsPage(ctx)) throw error;
          ctx.status = refusal.status;
          await redraw(ctx, owner, view.sentenceOf(ctx, owner.account, refusal.code));
        }
      });
    },
  };
}

/** Back to a page, with what was done to be said there. */
export function leaveFor(ctx: Context, page: string, done?: string): void {
  seeOther(ctx, done === undefined ? page : `${page}?done=${done}`);
}
