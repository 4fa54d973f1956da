// The console's pages of the audit trail: what happened, and one sign-in's story. Each has its view's type,
// its template and its words here; the sentence of one record is made in record-words.ts.
import { messagesOf } from '../../../i18n/locale.ts';
import { fill } from '../../../i18n/text.ts';
import type { Draw } from '../../kit/page-views.ts';
import { type ConsoleShared, consolePage } from '../console-page.ts';
import { type ActivityFilters, type FilterProblem, groupedEvents } from './activity-filters.ts';
import type { ShownRecord } from './record-words.ts';

/**
 * One audit record in words, with its instant in three forms: ISO 8601, UTC for people, and "2 minutes ago".
 */
export type RecordRow = ShownRecord & {
  readonly iso: string;
  readonly utc: string;
  readonly ago: string;
  readonly address: string | null;
  readonly ticketId: string | null;
};

export type ActivityView = ConsoleShared & {
  /** As they were typed. */
  readonly filters: ActivityFilters;
  /** Which filter was refused. */
  readonly problem: FilterProblem | null;
  readonly isFiltered: boolean;
  /** Whether this is not the first page. */
  readonly isOlder: boolean;
  readonly records: readonly RecordRow[];
  /** Paths: of the next page (null on the last), of the first, and of the download. */
  readonly next: string | null;
  readonly first: string;
  readonly exportPath: string;
};

/** A record of the story. `sinceSeconds` counts from the first one; `isOther` marks another ticket's. */
export type StoryStep = RecordRow & { readonly sinceSeconds: number; readonly isOther: boolean };

/** How the sign-in stands. Null where no record says it. */
export type StoryHead = {
  readonly outcome: string;
  readonly isBad: boolean;
  readonly isScreen: boolean;
  readonly browser: string | null;
  readonly browserAddress: string | null;
  readonly phoneAddress: string | null;
};

export type StoryView = ConsoleShared &
  StoryHead & {
    readonly client: string | null;
    readonly account: string | null;
    readonly started: { readonly iso: string; readonly utc: string; readonly ago: string };
    readonly steps: readonly StoryStep[];
  };

type Template = 'console/activity' | 'console/ticket';

export type ActivityViews = ReturnType<typeof createActivityViews>;

/** One function per page: view data in, HTML out. */
export function createActivityViews({ draw }: { draw: Draw<Template> }) {
  return {
    activity(view: ActivityView): string {
      const { activity: words, frame } = messagesOf[view.locale].console;
      const body = { groups: groupedEvents(words), wrong: view.problem && words[view.problem] };
      return draw(view, consolePage('console/activity', frame.areas.activity, body));
    },

    story(view: StoryView): string {
      const words = messagesOf[view.locale].console.activity;
      const steps = view.steps.map((step) => ({
        ...step,
        since: fill(words.seconds, { count: `+${step.sinceSeconds}` }),
      }));
      return draw(view, consolePage('console/ticket', words.storyTitle, { steps }));
    },
  };
}
