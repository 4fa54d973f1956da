// Use-cases of statistics: count what the audit trail records, and read the counts. Counts are collected in
// memory and written once a second, so that a sign-in never waits for them. A crash loses the last second, an
// unreachable store its time of absence; nothing is counted twice.

import type { Clock } from '../../clock.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { Ticket } from '../ticket/ticket.ts';
import {
  type Bucket,
  bucketStart,
  bucketStarts,
  type Counter,
  countOf,
  type Lifetimes,
  type Moment,
  medianSeconds,
  type Outcomes,
  type OutcomesAt,
  openNow,
  outcomesOf,
  type Span,
  timeCounter,
  totalOf,
} from './statistic.ts';
import type { ClientCount, CountsToAdd, StatisticsStore } from './statistic-store.ts';

export type StatisticsDeps = {
  readonly store: StatisticsStore;
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  /** Excludes tickets of the provider's own clients and trial sign-ins. */
  readonly isOwnRequest: (request: Pick<Ticket['request'], 'clientId' | 'redirectUri'>) => boolean;
  /** Called with errors of the store, for the log. */
  readonly onError: (error: unknown) => void;
};

export type Statistics = ReturnType<typeof createStatistics>;
export type Range = '24h' | '30d';
export type Figures = {
  /** Length of one bucket. */
  readonly stepSeconds: number;
  /** Oldest first; hours and days are in UTC. */
  readonly buckets: readonly OutcomesAt[];
  readonly totals: Outcomes;
  /** From shown to approved, exact to a second below half a minute. Null when nothing was approved. */
  readonly medianSeconds: number | null;
};
export type Overview = {
  /** Tickets that wait for a scan or a decision now. */
  readonly openNow: number;
  readonly day: Figures;
  readonly month: Figures;
  /** Of the last 30 days, most shown tickets first. */
  readonly clients: readonly ClientCount[];
  /** Back-channel logouts of the last day that no relying party acknowledged. */
  readonly logoutsGivenUp: number;
};

const flushEveryMs = 1000;
const topClients = 10;
const ranges = { '24h': { span: 'hour', length: 24 }, '30d': { span: 'day', length: 30 } } as const;
/** Longer than a ticket can be open, in minutes. */
const minutes = 45;

const momentOf: Readonly<Partial<Record<AuditRecord['event'], Moment>>> = {
  'ticket.issued': 'shown',
  'ticket.scanned': 'scanned',
  'ticket.approved': 'approved',
  'ticket.denied': 'denied',
  'ticket.cancelled': 'cancelled',
  'ticket.confirmation_wrong': 'confirmation_wrong',
  'sign_in.timed_out': 'timed_out',
};

export function createStatistics({ store, clock, lifetimes, isOwnRequest, onError }: StatisticsDeps) {
  let totals = new Map<string, CountsToAdd['totals'][number]>();
  let clients = new Map<string, CountsToAdd['clients'][number]>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  /** Adds one in memory. */
  function count(counter: Counter, at: number, ofSpans: readonly Span[]): void {
    for (const span of ofSpans) {
      const start = bucketStart(span, at);
      const key = `${span} ${start} ${counter}`;
      totals.set(key, { span, at: start, counter, count: (totals.get(key)?.count ?? 0) + 1 });
    }
  }

  function countClient(clientId: string, at: number, moment: 'shown' | 'approved'): void {
    const day = bucketStart('day', at);
    const key = `${day} ${clientId}`;
    const { shown, approved } = clients.get(key) ?? { shown: 0, approved: 0 };
    const isShown = moment === 'shown';
    clients.set(key, { day, clientId, shown: shown + Number(isShown), approved: approved + Number(!isShown) });
  }

  function countTicket(moment: Moment, ticket: Ticket): void {
    const { issuedAt: at, decision, request } = ticket;
    if (isOwnRequest(request)) return;
    // An approved ticket has its outcome already.
    if (moment === 'cancelled' && decision !== null) return;
    count(moment, at, ['minute', 'hour', 'day']);
    if (moment === 'approved' && decision) count(timeCounter(decision.at - at), at, ['hour', 'day']);
    if (moment === 'shown' || moment === 'approved') countClient(request.clientId, at, moment);
  }

  /** Where an app shows no QR code, a sign-in that times out has no ticket. It counts when it ended. */
  function countTimeout({ at, clientId }: AuditRecord): void {
    if (!isOwnRequest({ clientId: clientId ?? '', redirectUri: '' })) count('timed_out', at, ['hour', 'day']);
  }

  /**
   * Writes the collected counts, in the order of calls. Resolves when they are written, or lost and reported.
   */
  function flush(): Promise<void> {
    const counts = { totals: [...totals.values()], clients: [...clients.values()] };
    if (counts.totals.length === 0) return writing;
    totals = new Map();
    clients = new Map();
    writing = writing.then(() => store.add(counts)).catch(onError);
    return writing;
  }

  function figuresOf(range: Range, buckets: readonly Bucket[], open: number): Figures {
    const outcomes = outcomesOf(buckets, open);
    const stepSeconds = range === '24h' ? 3600 : 86_400;
    return { stepSeconds, buckets: outcomes, totals: totalOf(outcomes), medianSeconds: medianSeconds(buckets) };
  }

  return {
    /** Counts a record; writes only to memory. */
    note(record: AuditRecord, ticket: Ticket | null): void {
      const moment = momentOf[record.event];
      if (moment && ticket) countTicket(moment, ticket);
      else if (moment === 'timed_out') countTimeout(record);
      else if (record.event === 'logout.given_up') count('logout_given_up', record.at, ['hour', 'day']);
    },

    /**
     * Reads everything that the overview shows, with some hundred small reads however many clients there are.
     * Includes what this node has not written yet.
     */
    async read(): Promise<Overview> {
      await flush();
      const now = clock();
      const bucketsOf = ({ span, length }: { span: Span; length: number }) =>
        store.read(span, bucketStarts(span, now, length));
      const days = bucketStarts('day', now, ranges['30d'].length);
      const [young, day, month, busiest] = await Promise.all([
        bucketsOf({ span: 'minute', length: minutes }),
        bucketsOf(ranges['24h']),
        bucketsOf(ranges['30d']),
        store.busiest(days, topClients),
      ]);
      const open = openNow(young, now, lifetimes);
      return {
        openNow: open,
        day: figuresOf('24h', day, open),
        month: figuresOf('30d', month, open),
        clients: busiest,
        logoutsGivenUp: countOf(day, 'logout_given_up'),
      };
    },

    /** Writes every second. The timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(() => void flush(), flushEveryMs).unref();
    },

    /** Writes the remaining counts. May be called twice. */
    stop(): Promise<void> {
      clearInterval(timer);
      return flush();
    },
  };
}
