// One sign-in on one page of the console: from the QR code that was shown, to the code that was redeemed and
// whatever ended it since.
import type { Audit } from '../../../core/audit/audit.ts';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import type { Messages } from '../../../i18n/messages.ts';
import type { Context } from '../../kit/context.ts';
import { HttpError } from '../../kit/refusals.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleView } from '../console-view.ts';
import type { ActivityViews, RecordRow, StoryHead } from './activity-views.ts';
import { browserOf, utcOf } from './record-words.ts';

export type TicketStoryDeps = {
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ActivityViews;
  readonly audit: Audit;
  /** The records in words (activity-pages.ts). */
  readonly present: (ctx: Context, records: readonly AuditRecord[]) => Promise<RecordRow[]>;
};

type Outcome = keyof Messages['console']['activity']['outcomes'];

/** What each event makes of the sign-in. The last one that happened is how it stands. */
const outcomes: Readonly<Partial<Record<AuditRecord['event'], Outcome>>> = {
  'ticket.issued': 'issued',
  'ticket.scanned': 'scanned',
  'ticket.approved': 'approved',
  'ticket.denied': 'denied',
  'ticket.reported': 'reported',
  'ticket.cancelled': 'cancelled',
  'sign_in.timed_out': 'timed_out',
  'ticket.consumed': 'consumed',
  'approval.ended': 'ended',
  'session.ended': 'ended',
};

export function addTicketStory({ console, view, views, audit, present }: TicketStoryDeps): void {
  /** Shows the story of one ticket. @throws HttpError `not_found` */
  const story: ConsoleHandler = async (ctx, visitor) => {
    const ticketId = String(ctx.params.id).slice(0, 200);
    const records = await audit.story(ticketId);
    const own = records.filter((record) => record.ticketId === ticketId);
    const [first] = own;
    if (!first) throw new HttpError('not_found', 'There is no such ticket.');
    const shown = await present(ctx, records);
    const start = records[0]?.at ?? first.at;
    const html = views.story({
      ...view.of(ctx, visitor, 'activity'),
      ...headOf(messagesOf[view.localeOf(ctx)], own, view.now()),
      client: shown.find((_, index) => records[index]?.clientId)?.values.client ?? null,
      account: shown.find((_, index) => records[index]?.accountId)?.values.account ?? null,
      started: { iso: new Date(first.at * 1000).toISOString(), utc: utcOf(first.at), ago: view.ago(ctx, first.at) },
      steps: shown.map((each, index) => ({
        ...each,
        sinceSeconds: (records[index]?.at ?? start) - start,
        isOther: records[index]?.ticketId !== null && records[index]?.ticketId !== ticketId,
      })),
    });
    view.send(ctx, html);
  };

  console.page('activity', '/activity/tickets/:id', story);
}

/** How the sign-in stands, and where it came from. */
function headOf(all: Messages, own: readonly AuditRecord[], now: number): StoryHead {
  const words = all.console.activity;
  const last = own.map(({ event }) => outcomes[event]).findLast((each) => each !== undefined) ?? 'issued';
  const outcome = isOver(own, last, now) ? 'expired' : last;
  const byBrowser = own.find(({ event, facts }) => event === 'ticket.issued' && facts.browser !== undefined);
  return {
    outcome: words.outcomes[outcome],
    isBad: outcome === 'denied' || outcome === 'reported',
    isScreen: byBrowser?.facts.kind === 'device',
    browser: byBrowser ? browserOf(all, byBrowser.facts, all.screen.unknown) : null,
    browserAddress: byBrowser?.address ?? null,
    phoneAddress: own.find(({ event }) => event === 'ticket.scanned')?.address ?? null,
  };
}

/**
 * Whether nobody decided in time. No event says so, since expiry is derived. Only a screen's record says how
 * long its code lived.
 */
function isOver(own: readonly AuditRecord[], outcome: Outcome, now: number): boolean {
  const issued = own.find(({ event }) => event === 'ticket.issued');
  const seconds = issued?.facts.seconds;
  if (typeof seconds !== 'number' || (outcome !== 'issued' && outcome !== 'scanned')) return false;
  return issued !== undefined && now >= issued.at + seconds;
}
