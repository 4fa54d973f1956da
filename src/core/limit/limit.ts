// Rate limits: fixed windows over counters that survive a restart and are shared by all nodes (security.md
// G).
import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import { AppError } from '../../errors.ts';
import type { LimitStore } from './limit-store.ts';

/** Allows `points` uses within `windowSeconds`. The window starts with the first use. */
export type LimitRule = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type Limits = ReturnType<typeof createLimits>;

export function createLimits({ store, clock }: { store: LimitStore; clock: Clock }) {
  // Keys may be addresses or names of people, so only their digests are stored.
  const keyOf = (rule: LimitRule, key: string): string => `${rule.name}:${digest(key)}`;

  return {
    /** Counts one use. @throws AppError `rate_limited` with `retryAfterSeconds` when the limit is exceeded */
    async use(rule: LimitRule, key: string): Promise<void> {
      const { count, resetsAt } = await store.add(keyOf(rule, key), 1, rule.windowSeconds, clock());
      if (count > rule.points) throw limited(resetsAt - clock());
    },

    /** Returns the uses counted in the present window. */
    async count(rule: LimitRule, key: string): Promise<number> {
      return (await store.read(keyOf(rule, key), clock()))?.count ?? 0;
    },

    /** Drops the counter, so that the next use opens a new window. */
    clear: (rule: LimitRule, key: string): Promise<void> => store.clear(keyOf(rule, key)),

    /** Counts a use without judging it. @returns the count and the end of the window */
    add: (rule: LimitRule, key: string) => store.add(keyOf(rule, key), 1, rule.windowSeconds, clock()),

    /** Takes one use back that turned out not to count. */
    async giveBack(rule: LimitRule, key: string): Promise<void> {
      await store.add(keyOf(rule, key), -1, rule.windowSeconds, clock());
    },

    /** Returns the present window, or null. */
    read: (rule: LimitRule, key: string) => store.read(keyOf(rule, key), clock()),
  };
}

const limited = (seconds: number) =>
  new AppError('rate_limited', 'Too many requests. Wait a little and try again.', {
    facts: { retryAfterSeconds: Math.max(1, seconds) },
  });
