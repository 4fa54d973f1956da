// The page after a proof that a form had to wait for (pending-form.ts). It says that nothing was saved yet,
// and sends the form on a click.
import { seeOther } from '../kit/navigation.ts';
import { areas } from './areas.ts';
import type { Console, ConsoleHandler } from './console.ts';
import type { ConsoleSessions } from './console-session.ts';
import type { ConsoleView } from './console-view.ts';
import type { ConsoleViews } from './console-views.ts';
import type { PendingForm } from './pending-form.ts';

export type PendingFormPagesDeps = {
  readonly console: Console;
  readonly sessions: ConsoleSessions;
  readonly view: ConsoleView;
  readonly views: ConsoleViews;
};

export function addPendingFormPages({ console, sessions, view, views }: PendingFormPagesDeps): void {
  /** Shows the form that waits. Without one, the overview. */
  const show: ConsoleHandler = async (ctx, visitor) => {
    const form = await sessions.look<PendingForm>(ctx, 'PendingForm');
    if (!form) return seeOther(ctx, areas.overview.path);
    const { area, path: target, back, fields } = form;
    view.send(ctx, views.pendingForm({ ...view.of(ctx, visitor, area), target, back, fields }));
  };

  console.page('overview', '/continue', show);
}
