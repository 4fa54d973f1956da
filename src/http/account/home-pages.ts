// `/account`: who is signed in here, and the areas of their account, each with a line about it.
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { RecoveryCodes } from '../../core/account/recovery-codes.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { Devices } from '../../core/device/devices.ts';
import { picturePath } from '../../oidc/claims.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import type { OwnViews } from './own-views.ts';
import type { OwnerHandler, OwnerPages } from './owner-pages.ts';

export type HomePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly rows: AccountRows;
  readonly approvals: Approvals;
  readonly devices: Devices;
  readonly passkeys: Passkeys;
  readonly recoveryCodes: RecoveryCodes;
};

export function addHomePages(deps: HomePagesDeps): void {
  const { pages, view, views, rows, approvals, devices, passkeys, recoveryCodes } = deps;

  const home: OwnerHandler = async (ctx, owner) => {
    const { account } = owner;
    const [browsers, sites, signedIn, keys, codes] = await Promise.all([
      approvals.list(account.id),
      rows.sites(ctx, owner),
      devices.list(account.id),
      passkeys.list(account.id),
      recoveryCodes.count(account.id),
    ]);
    const html = views.home({
      ...view.of(ctx, owner),
      picture: account.picture ? picturePath(account.picture.hash) : null,
      hasPassword: account.passwordHash !== null,
      counts: {
        browsers: browsers.length,
        sites: sites.length,
        devices: signedIn.length,
        passkeys: keys.length,
        recoveryCodes: codes,
      },
    });
    view.send(ctx, html);
  };

  pages.page('/', home);
}
