// `/account/password`: a new password, after a fresh proof by the present one or by a passkey. It always ends
// everything else that is signed in.
// Somebody who changes a password because it is known to others must not have to think of that (security.md
// A20, D7).
import type { EndingsByOwner } from '../../core/approval/endings-by-owner.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { AccountView } from './account-view.ts';
import type { OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import { leaveFor, type OwnerPages } from './owner-pages.ts';

export type PasswordPagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly devices: Devices;
  readonly endingsByOwner: EndingsByOwner;
  readonly cookies: Cookies;
};

const page = '/account/password';

export function addPasswordPages(deps: PasswordPagesDeps): void {
  const { pages, view, views, devices, endingsByOwner, cookies } = deps;

  /** Answers with the page. @param problem a refusal to show above it */
  function draw(ctx: Context, owner: Owner, problem: string | null = null): void {
    const hasPassword = owner.account.passwordHash !== null;
    view.send(ctx, views.password({ ...view.of(ctx, owner), hasPassword, problem }));
  }

  /** Gives this device a new cookie. The old one is invalid under the new password (security.md C3). */
  async function keepSignedIn(ctx: Context, { device, account }: Owner): Promise<void> {
    const { name, keyThumbprint } = device;
    const { secret } = await devices.signIn({
      accountId: account.id,
      signOuts: account.signOuts,
      name,
      address: ctx.state.address,
      keyThumbprint,
      previous: device,
    });
    cookies.setDevice(ctx, secret);
  }

  pages.page('/password', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/password',
    page,
    isSensitive: true,
    async work(ctx, owner, form) {
      const { account, device } = owner;
      const typed = form.get('password') ?? '';
      const changed = await endingsByOwner.changePassword(account, device, typed, ctx.state.address);
      await keepSignedIn(ctx, { ...owner, account: changed });
      leaveFor(ctx, page, 'done');
    },
    redraw: draw,
  });
}
