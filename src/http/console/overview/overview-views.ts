// The console's first page: its view's type, its template and its words.
import type { Figures } from '../../../core/statistics/statistics.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import type { Text } from '../../../i18n/messages.ts';
import { fill, timeAgo } from '../../../i18n/text.ts';
import type { Draw } from '../../kit/page-views.ts';
import type { UndeliveredRow } from '../clients/undelivered.ts';
import { type ConsoleShared, consolePage } from '../console-page.ts';
import { chartOf } from './overview-chart.ts';
import type { Warning } from './overview-warnings.ts';

/** One of the busiest apps. Widths are per cent of the busiest one's. */
export type BusyClient = {
  readonly id: string;
  readonly name: string;
  /** Whether the client still exists. */
  readonly isKnown: boolean;
  readonly shown: number;
  readonly approved: number;
  readonly width: number;
  readonly approvedWidth: number;
};

export type OverviewView = ConsoleShared & {
  readonly warnings: readonly Warning[];
  /** Mail that did not arrive. */
  readonly undelivered: readonly UndeliveredRow[];
  /** Whether there was no sign-in at all lately. */
  readonly isEmpty: boolean;
  /** Whether the visitor may add an app. */
  readonly mayAdd: boolean;
  /** Codes that wait for a scan or a decision at this moment. */
  readonly openNow: number;
  readonly day: Figures;
  readonly month: Figures;
  readonly clients: readonly BusyClient[];
};

type Template = 'console/overview';

export type OverviewViews = ReturnType<typeof createOverviewViews>;

export function createOverviewViews({ draw }: { draw: Draw<Template> }) {
  return {
    overview(view: OverviewView): string {
      const format = new Intl.NumberFormat(view.locale);
      const body = {
        warnings: view.warnings.map((warning) => warningInWords(view, warning)),
        day: chartInWords(view, 'day', view.day),
        month: chartInWords(view, 'month', view.month),
        median: view.day.medianSeconds ?? view.month.medianSeconds,
        isMedianOfDay: view.day.medianSeconds !== null,
        number: (value: number) => format.format(value),
      };
      return draw(view, consolePage('console/overview', messagesOf[view.locale].console.frame.areas.overview, body));
    },
  };
}

/** What the sentences of warnings take, each some of them. */
type WarningValues = Readonly<
  Record<
    'issuer' | 'host' | 'scheme' | 'algorithms' | 'when' | 'seconds' | 'count' | 'path' | 'reason',
    string | number
  >
>;

function warningInWords({ locale, now }: OverviewView, { code, weight, facts }: Warning) {
  const words: Readonly<Record<'title' | 'fix', Text<WarningValues>>> =
    messagesOf[locale].console.overview.warnings[code];
  const when = typeof facts.at === 'number' ? timeAgo(locale, facts.at, now) : '';
  // A warning carries the facts that its own sentences take (overview-warnings.ts).
  const values = { ...facts, when } as WarningValues;
  return { weight, title: fill(words.title, values), fix: fill(words.fix, values) };
}

/**
 * A chart and its table. Hours and days are those of UTC, since the server does not know the reader's time
 * zone.
 */
function chartInWords({ locale }: OverviewView, name: 'day' | 'month', { buckets, totals, stepSeconds }: Figures) {
  const isHours = stepSeconds === 3600;
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    ...(isHours ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' }),
  });
  const rows = buckets.map((bucket) => ({ ...bucket, label: format.format(bucket.at * 1000) }));
  const marks = [0, Math.floor(rows.length / 2), rows.length - 1].map((index) => rows[index]?.label ?? '');
  const chart = chartOf(buckets);
  return { name, chart, top: new Intl.NumberFormat(locale).format(chart.top), marks, rows, totals };
}
