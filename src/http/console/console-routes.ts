// The whole console, as routers: who may enter (console.ts, console-session.ts, areas.ts) and the pages of each area.
import type Router from '@koa/router';
import type { State } from '../context.ts';
import type { Pages } from '../pages.ts';
import { type AccountPagesDeps, addAccountPages } from './account-pages.ts';
import { addClientPages, type ClientPagesDeps } from './client-pages.ts';
import { type ConsoleDeps, createConsole } from './console.ts';
import { type ConsoleSessionsDeps, createConsoleSessions } from './console-session.ts';
import { createConsoleView } from './console-view.ts';
import { addOverviewPages, type OverviewPagesDeps } from './overview-pages.ts';

type Made = 'sessions' | 'console' | 'view';
type Needed = ConsoleDeps & ConsoleSessionsDeps & OverviewPagesDeps & ClientPagesDeps & AccountPagesDeps;
export type ConsoleRoutesDeps = Omit<Needed, Made> & { readonly pages: Pages };

export function createConsoleRoutes(deps: ConsoleRoutesDeps): Router<State>[] {
  const console = createConsole({ ...deps, sessions: createConsoleSessions(deps) });
  const all = { ...deps, console, view: createConsoleView(deps) };
  addOverviewPages(all);
  addClientPages(all);
  addAccountPages(all);
  return console.routers;
}
