// The console's first page: what happens now, how the last day and month went, and what is wrong with the
// provider.
import type { Clock } from '../../../clock.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Clients } from '../../../core/client/clients.ts';
import type { SigningKeys } from '../../../core/key/signing-keys.ts';
import type { UndeliveredMail } from '../../../core/mail/mails.ts';
import type { Overview, Statistics } from '../../../core/statistics/statistics.ts';
import { plainText } from '../../../plain-text.ts';
import type { Context } from '../../kit/context.ts';
import { canChange } from '../areas.ts';
import { askedAddress } from '../asked-address.ts';
import { undeliveredRows } from '../clients/undelivered.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import type { BusyClient, OverviewViews } from './overview-views.ts';
import { type PlaceProblem, type Warning, warningsOf } from './overview-warnings.ts';

/** What of the configuration and the machines can be wrong. */
export type Condition = {
  readonly environment: 'development' | 'production';
  readonly rotationDays: number;
  /** The database server's clock in epoch seconds; null where there is no server. */
  readonly storeTime: () => Promise<number | null>;
  /** Place files that are missing or damaged. */
  readonly placeProblems: () => readonly PlaceProblem[];
  readonly isMailOn: boolean;
  /** Mails that failed at least once and are not delivered, newest first. */
  readonly undeliveredMails: () => Promise<readonly UndeliveredMail[]>;
  /** The enabled administrators, counted up to two. */
  readonly countAdministrators: () => Promise<number>;
};

export type OverviewPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: OverviewViews;
  readonly clients: Clients;
  readonly statistics: Statistics;
  readonly signingKeys: SigningKeys;
  readonly condition: Condition;
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
  readonly clock: Clock;
};

/** How many of the busiest apps are shown. */
const maxShownClients = 8;

export function addOverviewPages(deps: OverviewPagesDeps): void {
  const { issuer, console, view, views, clients, statistics, signingKeys, condition, hasPasskey, clock } = deps;

  /** Collects the facts, and what is wrong by them. */
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

  /** The busiest apps, with the widths of their bars. */
  async function clientRows({ clients: busiest }: Overview): Promise<BusyClient[]> {
    const shown = busiest.slice(0, maxShownClients);
    const found = await Promise.all(shown.map(({ clientId }) => clients.findAny(clientId)));
    const maxCount = Math.max(1, ...shown.map((each) => each.shown));
    return shown.map((each, index) => ({
      id: each.clientId,
      name: nameOf(found[index] ?? null) ?? each.clientId,
      isKnown: found[index] !== null,
      shown: each.shown,
      approved: each.approved,
      width: Math.round((each.shown / maxCount) * 1000) / 10,
      approvedWidth: Math.round((Math.min(each.approved, each.shown) / maxCount) * 1000) / 10,
    }));
  }

  const overview: ConsoleHandler = async (ctx, visitor) => {
    const [read, mails] = await Promise.all([statistics.read(), condition.undeliveredMails()]);
    const warnings = await findWarnings(ctx, visitor, read, mails.length);
    const html = views.overview({
      ...view.of(ctx, visitor, 'overview'),
      warnings,
      undelivered: undeliveredRows(mails, view.localeOf(ctx), clock()),
      isEmpty: read.month.totals.shown === 0,
      mayAdd: canChange(visitor.account, 'clients'),
      openNow: read.openNow,
      day: read.day,
      month: read.month,
      clients: await clientRows(read),
    });
    view.send(ctx, html);
  };

  console.page('overview', '/overview', overview);
}

/** The name of an app; null for one that is deleted. */
const nameOf = (client: Client | null): string | null =>
  client && (plainText(client.metadata.client_name, 60) || client.id);
