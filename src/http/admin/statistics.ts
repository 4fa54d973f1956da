// The figures of the console's overview as numbers, by the administration API.
import { z } from 'zod';
import type { Overview, Range, Statistics } from '../../core/statistics/statistics.ts';
import type { AdminOperation } from './operation.ts';
import { readQuery } from './request.ts';

/** The range: the last 24 hours, or the last 30 days. */
const statisticsQuery = z.strictObject({
  range: z
    .enum(['24h', '30d'])
    .default('24h')
    .describe('Time range. 24h has a bucket per hour, 30d a bucket per day in UTC.'),
});
/** A number of tickets. */
const count = z.int().min(0);
/** How many sign-ins ended in which way. */
const outcomes = z
  .object({
    shown: count,
    scanned: count,
    approved: count,
    denied: count,
    cancelled: count,
    expired: count.describe('Tickets that ended without an answer, including those that a reload replaced.'),
    open: count.describe('Tickets that wait for a scan or a decision.'),
    confirmation_wrong: count.describe('Wrong confirmation codes.'),
    timed_out: count.describe('Sign-ins that nobody answered in time. Their tickets are among the expired.'),
  })
  .describe(
    'Numbers of the tickets that were shown in this time. shown is the sum of approved, denied, cancelled, expired and open. scanned, confirmation_wrong and timed_out are not part of the sum.',
  );
/** Buckets are hours or days of UTC; `at` is epoch seconds. */
const statisticsAnswer = z.object({
  range: z.enum(['24h', '30d']),
  step_seconds: z.int().describe('Length of one bucket. In seconds.'),
  open_now: count.describe('Tickets that wait for a scan or a decision at present, exact to about a minute.'),
  median_seconds: z
    .int()
    .nullable()
    .describe(
      'Median time from shown to approved. In seconds: exact below 30, in steps of 5 below 60, of 10 below 120, then of 60. Null: nothing was approved.',
    ),
  totals: outcomes,
  buckets: z
    .array(outcomes.extend({ at: z.int().describe('Start of the bucket. Epoch seconds.') }))
    .describe('Buckets, oldest first.'),
  clients: z
    .array(z.object({ client_id: z.string(), shown: count, approved: count }))
    .describe('Clients with the most tickets in the last 30 days, highest number first.'),
});

/** @returns one operation, of the scope `audit:read` */
export const adminStatisticsOperations = ({ statistics }: { statistics: Statistics }): AdminOperation[] => [
  {
    method: 'get',
    path: '/statistics',
    summary: 'Read the outcomes of displayed codes, at most a few seconds old',
    scope: 'audit:read',
    query: statisticsQuery,
    answer: { status: 200, schema: statisticsAnswer },
    async run(ctx) {
      const { range } = readQuery(ctx, statisticsQuery);
      return { body: statisticsJson(await statistics.read(), range) };
    },
  },
];

/** The figures of one range, in the names of the API. */
function statisticsJson({ openNow, day, month, clients }: Overview, range: Range): z.infer<typeof statisticsAnswer> {
  const figures = range === '24h' ? day : month;
  return {
    range,
    step_seconds: figures.stepSeconds,
    open_now: openNow,
    median_seconds: figures.medianSeconds,
    totals: figures.totals,
    buckets: [...figures.buckets],
    clients: clients.map(({ clientId, shown, approved }) => ({ client_id: clientId, shown, approved })),
  };
}
