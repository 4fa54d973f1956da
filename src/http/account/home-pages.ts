// `/account`: who is signed in here, and the areas of their account with a line each.
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { RecoveryCodes } from '../../core/account/recovery-codes.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { Devices } from '../../core/device/devices.ts';
import { fill } from '../../i18n/text.ts';
import { picturePath } from '../../oidc/claims.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import type { OwnerHandler, OwnerPages } from './owner-pages.ts';

export type HomePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly rows: AccountRows;
  readonly approvals: Approvals;
  readonly devices: Devices;
  readonly passkeys: Passkeys;
  readonly recoveryCodes: RecoveryCodes;
};

export function addHomePages({ pages, view, rows, approvals, devices, passkeys, recoveryCodes }: HomePagesDeps): void {
  const home: OwnerHandler = async (ctx, owner) => {
    const { account } = owner;
    const w = view.words(ctx, account);
    const [browsers, sites, signedIn, keys, codes] = await Promise.all([
      approvals.list(account.id),
      rows.sites(ctx, owner),
      devices.list(account.id),
      passkeys.list(account.id),
      recoveryCodes.count(account.id),
    ]);
    const count = (forms: { one: string; many: string }, what: number) =>
      what === 0 ? w.lines.none : view.count(forms, what);
    const areas = [
      { name: 'browsers', icon: 'screen', line: count(w.lines.browsers, browsers.length) },
      { name: 'sites', icon: 'network', line: count(w.lines.sites, sites.length) },
      { name: 'devices', icon: 'phone', line: count(w.lines.devices, signedIn.length) },
      { name: 'passkeys', icon: 'key', line: count(w.lines.passkeys, keys.length) },
      {
        name: 'password',
        icon: 'lock',
        line: account.passwordHash === null ? w.lines.password.unset : w.lines.password.set,
      },
      { name: 'recovery-codes', icon: 'lifebuoy', line: count(w.lines.recoveryCodes, codes) },
      { name: 'activity', icon: 'list', line: w.lines.activity },
      { name: 'profile', icon: 'person', line: w.lines.profile },
      { name: 'data', icon: 'box', line: w.lines.data },
    ];
    const picture = account.picture ? picturePath(account.picture.hash) : null;
    const signedInAs = fill(w.signedInAs, { username: account.username });
    view.draw(ctx, owner, { template: 'home', title: w.title, body: { areas, picture, signedInAs } });
  };

  pages.page('/', home);
}
