// What is counted of tickets, and what the counts say: buckets of time, outcomes, the median. Pure. Every
// count belongs to the instant when its ticket was shown. So each ticket of a bucket is approved, denied,
// cancelled, open or expired. Expired is not counted: it is the remainder, and includes codes that a reload
// of the page replaced.

/**
 * What can happen to a ticket. An approval that is never consumed still counts as an approval. `timed_out` is
 * no outcome of its own: it counts the sign-ins that nobody answered, whose tickets are among the expired.
 */
const moments = ['shown', 'scanned', 'approved', 'denied', 'cancelled', 'confirmation_wrong', 'timed_out'] as const;
export type Moment = (typeof moments)[number];

/** `approved_in_N` is the histogram of seconds from shown to approved; N is the lower bound of a step. */
export type Counter = Moment | `approved_in_${number}` | 'logout_given_up';
export type Counts = Readonly<Partial<Record<Counter, number>>>;

/** Minutes are used for what is open now, hours for the last day, days (UTC) for the last month. */
export type Span = 'minute' | 'hour' | 'day';
export const spans: Readonly<Record<Span, { readonly seconds: number; readonly keptSeconds: number }>> = {
  minute: { seconds: 60, keptSeconds: 3600 },
  hour: { seconds: 3600, keptSeconds: 2 * 86_400 },
  day: { seconds: 86_400, keptSeconds: 35 * 86_400 },
};

export type Bucket = { readonly at: number; readonly counts: Counts };

export const bucketStart = (span: Span, at: number): number => at - (at % spans[span].seconds);

/** Returns the starts of the last `length` buckets, oldest first. `now` lies in the last one. */
export function bucketStarts(span: Span, now: number, length: number): number[] {
  const newest = bucketStart(span, now);
  return Array.from({ length }, (_, index) => newest - (length - 1 - index) * spans[span].seconds);
}

/** Outcomes of tickets. `shown` is the sum of approved, denied, cancelled, open and expired. */
export type Outcomes = {
  readonly shown: number;
  readonly scanned: number;
  readonly approved: number;
  readonly denied: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly open: number;
  readonly confirmation_wrong: number;
  readonly timed_out: number;
};
export type OutcomesAt = Outcomes & { readonly at: number };

const of = (counts: Counts, counter: Counter): number => counts[counter] ?? 0;
/**
 * Several nodes write the counts of one ticket at slightly different times, so a difference may be negative.
 */
const unanswered = (counts: Counts): number =>
  Math.max(0, of(counts, 'shown') - of(counts, 'approved') - of(counts, 'denied') - of(counts, 'cancelled'));
const undecided = (counts: Counts): number =>
  Math.max(0, of(counts, 'scanned') - of(counts, 'approved') - of(counts, 'denied') - of(counts, 'cancelled'));

export type Lifetimes = { readonly pendingSeconds: number; readonly decisionSeconds: number };

/**
 * How many tickets wait for a scan or a decision: all unanswered ones of recent minutes, and the scanned ones
 * of older minutes. It is exact to a minute.
 */
export function openNow(
  minutes: readonly Bucket[],
  now: number,
  { pendingSeconds, decisionSeconds }: Lifetimes,
): number {
  return minutes.reduce((sum, { at, counts }) => {
    const age = now - at - spans.minute.seconds;
    if (age < pendingSeconds) return sum + unanswered(counts);
    return age < pendingSeconds + decisionSeconds ? sum + undecided(counts) : sum;
  }, 0);
}

/**
 * Returns outcomes per bucket, oldest first. Of tickets without an outcome the newest `open` count as open,
 * the others as expired.
 */
export function outcomesOf(buckets: readonly Bucket[], open: number): OutcomesAt[] {
  let left = open;
  return buckets
    .toReversed()
    .map(({ at, counts }) => {
      const rest = unanswered(counts);
      const stillOpen = Math.min(rest, left);
      left -= stillOpen;
      const counted = Object.fromEntries(moments.map((moment) => [moment, of(counts, moment)]));
      return { at, ...(counted as Record<Moment, number>), open: stillOpen, expired: rest - stillOpen };
    })
    .reverse();
}

export function totalOf(all: readonly Outcomes[]): Outcomes {
  const sum = (name: keyof Outcomes): number => all.reduce((total, each) => total + each[name], 0);
  return {
    shown: sum('shown'),
    scanned: sum('scanned'),
    approved: sum('approved'),
    denied: sum('denied'),
    cancelled: sum('cancelled'),
    expired: sum('expired'),
    open: sum('open'),
    confirmation_wrong: sum('confirmation_wrong'),
    timed_out: sum('timed_out'),
  };
}

/** Steps of 1 second up to half a minute, then 5, 10 and 60. They bound the accuracy of the median. */
const stepOf = (seconds: number): number => (seconds < 30 ? 1 : seconds < 60 ? 5 : seconds < 120 ? 10 : 60);
const maxSeconds = 1200;

export function timeCounter(seconds: number): Counter {
  const whole = Math.min(Math.max(0, Math.floor(seconds)), maxSeconds);
  return `approved_in_${whole - (whole % stepOf(whole))}`;
}

/** Median seconds from shown to approved, as the middle of its step. Null when nothing was approved. */
export function medianSeconds(buckets: readonly Bucket[]): number | null {
  const steps = new Map<number, number>();
  for (const { counts } of buckets)
    for (const [name, count = 0] of Object.entries(counts)) {
      const from = /^approved_in_(\d+)$/.exec(name)?.[1];
      if (from !== undefined) steps.set(Number(from), (steps.get(Number(from)) ?? 0) + count);
    }
  const total = [...steps.values()].reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [from, count] of [...steps].sort(([a], [b]) => a - b)) {
    before += count;
    if (before * 2 >= total) return from + Math.floor((stepOf(from) - 1) / 2);
  }
  return null;
}

export const countOf = (buckets: readonly Bucket[], counter: Counter): number =>
  buckets.reduce((sum, { counts }) => sum + of(counts, counter), 0);
