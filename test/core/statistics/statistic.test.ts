// The pure rules of statistics: buckets, outcomes, what is open now, the median.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bucket,
  bucketStarts,
  countOf,
  medianSeconds,
  openNow,
  outcomesOf,
  timeCounter,
  totalOf,
} from '../../../src/core/statistics/statistic.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 120 };
const now = 1_800_000_000 + 30;
const minutesAgo = (minutes: number): number => 1_800_000_000 - minutes * 60;

describe('buckets', () => {
  it('are the given number of the latest, and the newest contains the present', () => {
    expect(bucketStarts('hour', 7201, 3)).toEqual([0, 3600, 7200]);
    expect(bucketStarts('day', 86_399, 1)).toEqual([0]);
    expect(bucketStarts('minute', 120, 2)).toEqual([60, 120]);
  });
});

describe('the number of open tickets', () => {
  it('is the unanswered tickets of recent minutes, and the scanned but undecided ones of older minutes', () => {
    const minutes: Bucket[] = [
      { at: minutesAgo(5), counts: { shown: 9, scanned: 9 } },
      { at: minutesAgo(4), counts: { shown: 5, scanned: 4, approved: 1, denied: 1 } },
      { at: minutesAgo(2), counts: { shown: 5, scanned: 4, approved: 1, denied: 1, cancelled: 1 } },
      { at: minutesAgo(0), counts: { shown: 1 } },
    ];
    expect(openNow(minutes, now, lifetimes)).toBe(2 + 2 + 1);
    expect(openNow([], now, lifetimes)).toBe(0);
  });
});

describe('outcomes', () => {
  it('count unanswered tickets as expired, except as many of the newest as are open', () => {
    const buckets: Bucket[] = [
      {
        at: 0,
        counts: { shown: 10, scanned: 8, approved: 5, denied: 1, cancelled: 2, confirmation_wrong: 3, timed_out: 1 },
      },
      { at: 3600, counts: { shown: 4, approved: 1 } },
      { at: 7200, counts: { shown: 2 } },
    ];
    const outcomes = outcomesOf(buckets, 3);
    expect(outcomes.map(({ at, open, expired }) => [at, open, expired])).toEqual([
      [0, 0, 2],
      [3600, 1, 2],
      [7200, 2, 0],
    ]);
    expect(totalOf(outcomes)).toEqual({
      shown: 16,
      scanned: 8,
      approved: 6,
      denied: 1,
      cancelled: 2,
      expired: 4,
      open: 3,
      confirmation_wrong: 3,
      timed_out: 1,
    });
  });

  it('of every bucket add up to the number of displayed tickets, and are never negative', () => {
    const count = fc.nat({ max: 50 });
    const bucket = fc.record({ approved: count, denied: count, cancelled: count, unanswered: count });
    fc.assert(
      fc.property(fc.array(bucket, { maxLength: 8 }), fc.nat({ max: 500 }), (all, open) => {
        const buckets = all.map(({ unanswered, ...counts }, at) => ({
          at,
          counts: { ...counts, shown: counts.approved + counts.denied + counts.cancelled + unanswered },
        }));
        const outcomes = outcomesOf(buckets, open);
        for (const each of outcomes) {
          expect(each.approved + each.denied + each.cancelled + each.open + each.expired).toBe(each.shown);
          expect(Math.min(each.open, each.expired)).toBeGreaterThanOrEqual(0);
        }
        const unanswered = all.reduce((sum, each) => sum + each.unanswered, 0);
        expect(totalOf(outcomes).open).toBe(Math.min(open, unanswered));
      }),
    );
    expect(outcomesOf([{ at: 0, counts: { approved: 1 } }], 0)[0]?.expired).toBe(0);
  });
});

describe('the median', () => {
  const bucketOf = (seconds: readonly number[]): Bucket => {
    const counts: Record<string, number> = { shown: seconds.length };
    for (const each of seconds) counts[timeCounter(each)] = (counts[timeCounter(each)] ?? 0) + 1;
    return { at: 0, counts };
  };

  it('is exact below half a minute, over several buckets, and null without values', () => {
    expect(medianSeconds([])).toBeNull();
    expect(medianSeconds([{ at: 0, counts: { shown: 3 } }])).toBeNull();
    expect(medianSeconds([bucketOf([3]), bucketOf([9, 29])])).toBe(9);
    expect(medianSeconds([bucketOf([0, 0, 0, 120])])).toBe(0);
  });

  it('deviates by at most half a step above that', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1199 }), { minLength: 1 }), (seconds) => {
        const sorted = seconds.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
        const step = exact < 30 ? 0 : exact < 60 ? 3 : exact < 120 ? 5 : 30;
        expect(Math.abs((medianSeconds([bucketOf(seconds)]) ?? -1) - exact)).toBeLessThanOrEqual(step);
      }),
    );
    expect(timeCounter(99_999)).toBe('approved_in_1200');
    expect(timeCounter(-1)).toBe('approved_in_0');
  });

  it('sums one counter over buckets', () => {
    expect(
      countOf(
        [
          { at: 0, counts: { logout_given_up: 2 } },
          { at: 1, counts: {} },
        ],
        'logout_given_up',
      ),
    ).toBe(2);
  });
});
