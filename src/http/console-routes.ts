// The whole console, as routers: who may enter (console.ts, console-session.ts) and its pages (console-clients.ts).
import type Router from '@koa/router';
import { type ConsoleDeps, createConsole } from './console.ts';
import { type ConsoleClientsDeps, createConsoleClientRoutes } from './console-clients.ts';
import { type ConsoleSessionsDeps, createConsoleSessions } from './console-session.ts';
import type { State } from './context.ts';

export type ConsoleRoutesDeps = Omit<ConsoleDeps, 'sessions'> &
  ConsoleSessionsDeps &
  Omit<ConsoleClientsDeps, 'console'>;

export function createConsoleRoutes(deps: ConsoleRoutesDeps): Router<State>[] {
  const console = createConsole({ ...deps, sessions: createConsoleSessions(deps) });
  return [console.router, createConsoleClientRoutes({ ...deps, console })];
}
