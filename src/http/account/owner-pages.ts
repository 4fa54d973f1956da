// Who may enter `/account`, and who may change something there (security.md B17, C1, D7): a device of the
// account, by its cookie. Every change is signed by the device's key.
// A change of what signs the owner in, or reaches them, needs a fresh proof. A browser that was signed in by
// a QR code has no such cookie, and meets a page that says so.
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

/** The fields of a form that was sent, by their names. */
export type Form = ReadonlyMap<string, string>;
export type OwnerHandler = (ctx: Context, owner: Owner) => Promise<void> | void;

export type OwnerPagesDeps = {
  readonly identity: Identity;
  readonly view: AccountView;
  readonly freshnessOf: FreshnessOf;
};

type Change = {
  /** Its path below `/account`. */
  readonly path: string;
  /** The page that its form stands on. */
  readonly page: string;
  /**
   * Whether it needs a fresh proof: it changes what signs somebody in or reaches them, or shows or deletes
   * everything.
   */
  readonly isSensitive?: boolean;
  /** Does the work and answers. An AppError that it throws is shown on the page. */
  readonly work: (ctx: Context, owner: Owner, form: Form) => Promise<void>;
  /** Draws the page again, with what was refused. */
  readonly redraw: (ctx: Context, owner: Owner, problem: string) => Promise<void> | void;
};

export type OwnerPages = ReturnType<typeof createOwnerPages>;

/** What a sensitive change without a fresh proof is refused with. */
export const needsProof = () => new DeviceError('reauthentication_required', 'Confirm that it’s you first.');

export function createOwnerPages({ identity, view, freshnessOf }: OwnerPagesDeps) {
  const router = new Router<State>({ prefix: '/account' });
  const ownerOf = async (signedIn: SignedInDevice): Promise<Owner> => ({
    ...signedIn,
    ...(await freshnessOf(signedIn)),
  });

  /**
   * Identifies the owner by cookie and by the proof in the form. @throws DeviceError `not_signed_in`,
   * `device_proof_…`, `reauthentication_required`
   */
  async function prove(ctx: Context, form: Form, isSensitive: boolean): Promise<Owner> {
    const owner = await ownerOf(await identity.proveForm(ctx, form.get('device_proof')));
    if (isSensitive && !owner.isFresh) throw needsProof();
    return owner;
  }

  return {
    router,

    /** Adds a page. A browser without a device of the account sees the page `closed`. */
    page(path: string, handler: OwnerHandler): void {
      router.get(path, async (ctx: Context) => {
        const signedIn = await identity.byCookie(ctx);
        if (!signedIn) return view.closed(ctx, '/account');
        await identity.touch(ctx, signedIn);
        await handler(ctx, await ownerOf(signedIn));
      });
    },

    /**
     * Adds the target of a form. A refusal is shown on the form's page; a program gets a problem document.
     */
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

/** Sends the browser back to a page. @param done names what the page says was done */
export function leaveFor(ctx: Context, page: string, done?: string): void {
  seeOther(ctx, done === undefined ? page : `${page}?done=${done}`);
}
