// The console's first page: what goes on now, how the last day and month went, and what is wrong with the provider.

import type { Clock } from '../../../clock.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { SigningKeys } from '../../../core/key/signing-keys.ts';
import type { UndeliveredMail } from '../../../core/mail/mails.ts';
import type { Figures, Overview, Statistics } from '../../../core/statistics/statistics.ts';
import { fill } from '../../../i18n/text.ts';
import type { Context } from '../../kit/context.ts';
import { plainText } from '../../kit/user-agent.ts';
import { canChange } from '../areas.ts';
import { askedAddress } from '../asked-address.ts';
import { undeliveredRows } from '../clients/undelivered.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import { chartOf } from './overview-chart.ts';
import { type PlaceProblem, type Warning, warningsOf } from './overview-warnings.ts';

/** What of configuration and machines can be wrong. */
export type Condition = {
  readonly environment: 'development' | 'production';
  readonly rotationDays: number;
  /** Epoch seconds by the database server; null where there is none. */
  readonly storeTime: () => Promise<number | null>;
  /** Database files of places that are missing or damaged. */
  readonly placeProblems: () => readonly PlaceProblem[];
  readonly isMailOn: boolean;
  /** What failed at least once and is not there yet, or never will be; newest first. */
  readonly undeliveredMails: () => Promise<readonly UndeliveredMail[]>;
  /** Enabled ones, as far as two. */
  readonly countAdministrators: () => Promise<number>;
};

export type OverviewPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly clients: Clients;
  readonly statistics: Statistics;
  readonly signingKeys: SigningKeys;
  readonly condition: Condition;
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
  readonly clock: Clock;
};

const shownClients = 8;

export function addOverviewPages(deps: OverviewPagesDeps): void {
  const { issuer, console, view, clients, statistics, signingKeys, condition, hasPasskey, clock } = deps;
  const words = (ctx: Context) => view.words(ctx).overview;

  async function findWarnings(
    ctx: Context,
    visitor: ConsoleVisitor,
    { logoutsGivenUp }: Overview,
    undelivered: number,
  ): Promise<Warning[]> {
    const [keys, storeTime, administrators] = await Promise.all([
      signingKeys.list(),
      condition.storeTime(),
      condition.countAdministrators(),
    ]);
    const { isProxyUnknown, ...asked } = askedAddress(ctx);
    return warningsOf({
      now: clock(),
      issuer,
      environment: condition.environment,
      asked,
      isProxyUnknown,
      keys: keys.map(({ key, state, signsFrom }) => ({ alg: key.alg, state, signsFrom })),
      rotationSeconds: condition.rotationDays * 86_400,
      storeTime,
      logoutsGivenUp,
      placeProblems: condition.placeProblems(),
      isMailOn: condition.isMailOn,
      undelivered,
      administrators,
      hasPasskey: await hasPasskey(visitor.account.id),
    });
  }

  function warningInWords(ctx: Context, { code, weight, facts }: Warning) {
    const { title, fix } = words(ctx).warnings[code];
    const values = typeof facts.at === 'number' ? { ...facts, when: view.ago(ctx, facts.at) } : facts;
    return { weight, title: fill(title, values), fix: fill(fix, values) };
  }

  function chartInWords(ctx: Context, { buckets, totals, stepSeconds }: Figures) {
    const isHours = stepSeconds === 3600;
    const format = new Intl.DateTimeFormat(view.localeOf(ctx), {
      timeZone: 'UTC',
      ...(isHours ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' }),
    });
    const number = new Intl.NumberFormat(view.localeOf(ctx));
    const label = (at: number): string => format.format(at * 1000);
    const rows = buckets.map((bucket) => ({ ...bucket, label: label(bucket.at) }));
    const marks = [0, Math.floor(rows.length / 2), rows.length - 1].map((index) => rows[index]?.label ?? '');
    const chart = chartOf(buckets);
    return { name: isHours ? 'day' : 'month', chart, top: number.format(chart.top), marks, rows, totals };
  }

  async function clientRows({ clients: busiest }: Overview) {
    const shown = busiest.slice(0, shownClients);
    const found = await Promise.all(shown.map(({ clientId }) => clients.findAny(clientId)));
    const most = Math.max(1, ...shown.map((each) => each.shown));
    return shown.map((each, index) => ({
      id: each.clientId,
      name: nameOf(found[index] ?? null) ?? each.clientId,
      isKnown: found[index] !== null,
      shown: each.shown,
      approved: each.approved,
      width: Math.round((each.shown / most) * 1000) / 10,
      approvedWidth: Math.round((Math.min(each.approved, each.shown) / most) * 1000) / 10,
    }));
  }

  const overview: ConsoleHandler = async (ctx, visitor) => {
    const [read, mails] = await Promise.all([statistics.read(), condition.undeliveredMails()]);
    const warnings = await findWarnings(ctx, visitor, read, mails.length);
    view.draw(ctx, visitor, {
      area: 'overview',
      template: 'overview',
      title: view.words(ctx).frame.areas.overview,
      body: {
        warnings: warnings.map((each) => warningInWords(ctx, each)),
        undelivered: undeliveredRows(mails, view.localeOf(ctx), clock()),
        isEmpty: read.month.totals.shown === 0,
        mayAdd: canChange(visitor.account, 'clients'),
        openNow: read.openNow,
        day: chartInWords(ctx, read.day),
        month: chartInWords(ctx, read.month),
        median: read.day.medianSeconds ?? read.month.medianSeconds,
        isMedianOfDay: read.day.medianSeconds !== null,
        clients: await clientRows(read),
        number: (value: number) => new Intl.NumberFormat(view.localeOf(ctx)).format(value),
      },
    });
  };

  console.page('overview', '/overview', overview);
}

const nameOf = (client: Client | null): string | null =>
  client && (plainText(client.metadata.client_name, 60) || client.id);
