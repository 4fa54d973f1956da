// `/account/devices`: every signed-in device of the account, to be named, signed out, or declared lost
// together with all that it approved (security.md C5).
import type { EndingsByOwner } from '../../core/approval/endings-by-owner.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { DeviceId } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import type { OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import { leaveFor, type OwnerPages } from './owner-pages.ts';

export type DevicePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly rows: AccountRows;
  readonly devices: Devices;
  readonly endingsByOwner: EndingsByOwner;
  readonly audit: Audit;
  readonly cookies: Cookies;
};

const page = '/account/devices';

export function addDevicePages(deps: DevicePagesDeps): void {
  const { pages, view, views, rows, devices, endingsByOwner, audit, cookies } = deps;

  /** Answers with the page: this device first, then the others by their last use. */
  async function draw(ctx: Context, owner: Owner, problem: string | null = null): Promise<void> {
    const { account, device } = owner;
    const isHere = ({ id }: { id: string }) => Number(id === device.id);
    const found = (await devices.list(account.id)).sort(
      (a, b) => isHere(b) - isHere(a) || b.lastUsedAt - a.lastUsedAt || (a.id < b.id ? -1 : 1),
    );
    const shown = found.map((each) => rows.device(ctx, owner, each));
    view.send(ctx, views.devices({ ...view.of(ctx, owner), devices: shown, problem }));
  }

  /** Goes back to the page. Whoever ended the device that they use goes to the sign-in page. */
  function leaveAfter(ctx: Context, { device }: Owner, done: string): void {
    const isThis = device.id === idOf(ctx);
    if (isThis) cookies.clearDevice(ctx);
    leaveFor(ctx, isThis ? '/q' : page, isThis ? undefined : done);
  }

  pages.page('/devices', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/devices/:id/rename',
    page,
    async work(ctx, { account, device }, form) {
      await devices.rename(account.id, idOf(ctx), form.get('name') ?? '');
      await audit.deviceRenamed({ accountId: account.id, deviceId: device.id, address: ctx.state.address });
      leaveFor(ctx, page, 'renamed');
    },
    redraw: draw,
  });
  /** A form that ends a device. @param done names what the page says afterwards */
  const offerEnding = (
    path: string,
    end: (...of: Parameters<typeof endingsByOwner.device>) => Promise<unknown>,
    done: string,
  ) =>
    pages.change({
      path,
      page,
      async work(ctx, owner) {
        await end(owner.account, idOf(ctx), ctx.state.address);
        leaveAfter(ctx, owner, done);
      },
      redraw: draw,
    });
  offerEnding('/devices/:id/sign-out', endingsByOwner.device, 'signedOut');
  offerEnding('/devices/:id/lost', endingsByOwner.lostDevice, 'lostDone');
}

const idOf = (ctx: Context): DeviceId => String(ctx.params.id) as DeviceId;
