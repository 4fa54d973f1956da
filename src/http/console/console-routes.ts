// The whole console, as routers: who may enter (console.ts, console-session.ts, areas.ts) and the pages of
// each area.
import type Router from '@koa/router';
import type { State } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import { type ActivityPagesDeps, addActivityPages } from './activity/activity-pages.ts';
import { createActivityViews } from './activity/activity-views.ts';
import { createButtonRoutes } from './clients/button-kit.ts';
import { addClaimsPages, type ClaimsPagesDeps } from './clients/claims-pages.ts';
import { addClientPages, type ClientPagesDeps } from './clients/client-pages.ts';
import { createClientsViews } from './clients/clients-views.ts';
import { addConnectPages, type ConnectPagesDeps } from './clients/connect-pages.ts';
import { addTrialPages, type TrialPagesDeps } from './clients/trial-pages.ts';
import { type ConsoleDeps, createConsole } from './console.ts';
import { type ConsoleSessionsDeps, createConsoleSessions } from './console-session.ts';
import { createConsoleView } from './console-view.ts';
import { createConsoleViews } from './console-views.ts';
import { addKeyPages, type KeyPagesDeps } from './key-pages.ts';
import { addOverviewPages, type OverviewPagesDeps } from './overview/overview-pages.ts';
import { createOverviewViews } from './overview/overview-views.ts';
import { addPendingFormPages } from './pending-form-pages.ts';
import { addRegistrationPages, type RegistrationPagesDeps } from './registration-pages.ts';
import { type AccountPagesDeps, addAccountPages } from './users/account-pages.ts';
import { addInvitationPages, type InvitationPagesDeps } from './users/invitation-pages.ts';
import { addResetLinkPages, type ResetLinkPagesDeps } from './users/reset-link-pages.ts';
import { createUsersViews } from './users/users-views.ts';

/** What is made here, and so is not asked of the caller. */
type Made = 'sessions' | 'console' | 'view' | 'views';
/** What the pages of all areas need. */
type Needed = ConsoleDeps &
  ConsoleSessionsDeps &
  OverviewPagesDeps &
  ClientPagesDeps &
  ConnectPagesDeps &
  TrialPagesDeps &
  ClaimsPagesDeps &
  AccountPagesDeps &
  InvitationPagesDeps &
  ResetLinkPagesDeps &
  ActivityPagesDeps &
  KeyPagesDeps &
  RegistrationPagesDeps;
export type ConsoleRoutesDeps = Omit<Needed, Made> & { readonly pages: Pages };

/** Creates the routers of `/admin` and of the button's pictures. */
export function createConsoleRoutes(deps: ConsoleRoutesDeps): Router<State>[] {
  const sessions = createConsoleSessions(deps);
  const console = createConsole({ ...deps, sessions });
  const all = { ...deps, sessions, console, view: createConsoleView(deps), views: createViews(deps.pages) };
  addOverviewPages(all);
  addPendingFormPages(all);
  addClientPages(all);
  addConnectPages(all);
  addTrialPages(all);
  addClaimsPages(all);
  addAccountPages(all);
  addInvitationPages(all);
  addResetLinkPages(all);
  addActivityPages(all);
  addKeyPages(all);
  addRegistrationPages(all);
  return [...console.routers, createButtonRoutes()];
}

/** The pages of all areas, by the name of their view. */
const createViews = (pages: Pages) => ({
  ...createConsoleViews(pages),
  ...createOverviewViews(pages),
  ...createClientsViews(pages),
  ...createUsersViews(pages),
  ...createActivityViews(pages),
});
