// What `tessera status` does: prints the figures of the console's overview.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { MailStore } from '../core/mail/mail-store.ts';
import { isUndelivered } from '../core/mail/queued-mail.ts';
import type { StatisticsStore } from '../core/statistics/statistic-store.ts';
import { createStatistics, type Figures, type Overview } from '../core/statistics/statistics.ts';
import type { Table } from './output.ts';

/** What the figures say of mail. */
type Post = { readonly isOn: boolean; readonly undelivered: number };
/** How many messages are read at most to count those that were not delivered. */
const looked = 200;

type Values = { readonly json: boolean };

/** `status`. Only reads. @returns a table of figures and values */
export async function showStatus(
  store: { readonly statistics: StatisticsStore; readonly mails: MailStore },
  { ticket, mail }: Config,
  clock: Clock,
  values: Values,
): Promise<string | Table> {
  const lifetimes = { pendingSeconds: ticket.pending_seconds, decisionSeconds: ticket.decision_seconds };
  // Needed to count, which nothing does here.
  const unused = { isOwnRequest: () => false, onError: () => undefined };
  const undelivered = (await store.mails.list(looked)).filter(isUndelivered).length;
  const post = { isOn: mail.smtp_url !== undefined, undelivered };
  return toText(await createStatistics({ store: store.statistics, clock, lifetimes, ...unused }).read(), post, values);
}

/** The JSON is published: its members keep their names. */
function toText(
  { openNow, day, month, clients, logoutsGivenUp }: Overview,
  post: Post,
  { json }: Values,
): string | Table {
  if (json) {
    return JSON.stringify({
      open_now: openNow,
      last_24_hours: toJson(day),
      last_30_days: toJson(month),
      clients: clients.map(({ clientId, shown, approved }) => ({ client_id: clientId, shown, approved })),
      logouts_given_up: logoutsGivenUp,
      mail: { on: post.isOn, undelivered: post.undelivered },
    });
  }
  const rows = [
    ['waiting now', String(openNow)],
    ['last 24 hours', line(day)],
    ['last 30 days', line(month)],
    ...clients.map(({ clientId, shown, approved }) => [`client ${clientId}`, `shown ${shown}, approved ${approved}`]),
    ...(logoutsGivenUp > 0 ? [['sign-outs never delivered in the last 24 hours', String(logoutsGivenUp)]] : []),
    ...(post.isOn ? [] : [['mail', 'off: set mail.smtp_url and mail.from, and people hear of new sign-ins']]),
    ...(post.undelivered > 0 ? [['messages not delivered in the last 7 days', String(post.undelivered)]] : []),
  ];
  return { headers: ['FIGURE', 'VALUE'], rows, none: '' };
}

/** The figures of one period. */
const toJson = ({ totals, medianSeconds }: Figures) => ({ ...totals, median_seconds: medianSeconds });

/** The figures of one period on one line. */
function line({ totals, medianSeconds }: Figures): string {
  const { shown, scanned, approved, denied, cancelled, expired, timed_out } = totals;
  const counts = Object.entries({ shown, scanned, approved, denied, cancelled, expired, 'timed out': timed_out });
  const median = medianSeconds === null ? [] : [`median ${medianSeconds} s from shown to approved`];
  return [...counts.map(([name, count]) => `${name} ${count}`), ...median].join(', ');
}
