// All of `/account`, as routers: who may enter (owner-pages.ts), and the pages of each area.
import type Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { State } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';
import type { Pages } from '../kit/pages.ts';
import { type AccountRowsDeps, createAccountRows } from './account-rows.ts';
import { createAccountView } from './account-view.ts';
import { type ActivityPagesDeps, addActivityPages } from './activity-pages.ts';
import { addBrowserPages, type BrowserPagesDeps } from './browser-pages.ts';
import { createDataExport, type DataExportDeps } from './data-export.ts';
import { addDataPages, type DataPagesDeps } from './data-pages.ts';
import { addDevicePages, type DevicePagesDeps } from './device-pages.ts';
import { createFreshness } from './freshness.ts';
import { addHomePages, type HomePagesDeps } from './home-pages.ts';
import { createOwnViews } from './own-views.ts';
import { createOwnerPages } from './owner-pages.ts';
import { type AccountPasskeysDeps, createAccountPasskeyRoutes } from './passkey-pages.ts';
import { addPasswordPages, type PasswordPagesDeps } from './password-pages.ts';
import { createPictureRoutes, type PictureRoutesDeps } from './picture-routes.ts';
import { addProfilePages, type ProfilePagesDeps } from './profile-pages.ts';
import { type AccountRecoveryCodesDeps, createAccountRecoveryCodeRoutes } from './recovery-code-pages.ts';
import { addSitePages, type SitePagesDeps } from './site-pages.ts';
import { createWellKnownRoutes } from './well-known-routes.ts';

/** What is made here, and so is not asked of the caller. */
type Made = 'pages' | 'view' | 'views' | 'rows' | 'exportOf' | 'freshnessOf';
type Needed = AccountRowsDeps &
  HomePagesDeps &
  BrowserPagesDeps &
  SitePagesDeps &
  DevicePagesDeps &
  AccountPasskeysDeps &
  AccountRecoveryCodesDeps &
  PasswordPagesDeps &
  ActivityPagesDeps &
  ProfilePagesDeps &
  PictureRoutesDeps &
  DataPagesDeps &
  DataExportDeps;

export type AccountRoutesDeps = Omit<Needed, Made> & {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly identity: Identity;
  readonly pages: Pages;
  readonly clock: Clock;
};

/** Creates the routers. Their order is free, since no two have a path in common. */
export function createAccountRoutes(deps: AccountRoutesDeps): Router<State>[] {
  const views = createOwnViews(deps.pages);
  const view = createAccountView({ ...deps, views });
  const freshnessOf = createFreshness(deps);
  const pages = createOwnerPages({ ...deps, view, freshnessOf });
  const rows = createAccountRows({ ...deps, view });
  const parts = { ...deps, view, views, freshnessOf, pages, rows };
  addHomePages(parts);
  addBrowserPages(parts);
  addSitePages(parts);
  addDevicePages(parts);
  addPasswordPages(parts);
  addActivityPages(parts);
  addProfilePages(parts);
  addDataPages({ ...parts, exportOf: createDataExport(deps) });
  return [
    createPictureRoutes(parts),
    createAccountPasskeyRoutes(parts),
    createAccountRecoveryCodeRoutes(parts),
    createWellKnownRoutes(deps),
    pages.router,
  ];
}
