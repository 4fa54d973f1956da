// How often something may be tried: fixed windows over counters that outlive a restart and are shared by all nodes (security.md G).
import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import { AppError } from '../../errors.ts';
import type { LimitStore } from './limit-store.ts';

/** `points` uses within `windowSeconds`; the window starts with the first use. */
export type LimitRule = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type Limits = ReturnType<typeof createLimits>;

export function createLimits({ store, clock }: { store: LimitStore; clock: Clock }) {
  // Keys are addresses and names of people: only their digests are kept.
  const keyOf = (rule: LimitRule, key: string): string => `${rule.name}:${digest(key)}`;

  return {
    /** Counts one use. @throws AppError `rate_limited` with `retryAfterSeconds` once the budget is spent. */
    async use(rule: LimitRule, key: string): Promise<void> {
      const { count, resetsAt } = await store.add(keyOf(rule, key), 1, rule.windowSeconds, clock());
      if (count > rule.points) throw limited(resetsAt - clock());
    },

    /** Uses counted in the present window. */
    async count(rule: LimitRule, key: string): Promise<number> {
      return (await store.read(keyOf(rule, key), clock()))?.count ?? 0;
    },

    clear: (rule: LimitRule, key: string): Promise<void> => store.clear(keyOf(rule, key)),

    /** Adds a use without judging it. @returns the count, and when the window ends. */
    add: (rule: LimitRule, key: string) => store.add(keyOf(rule, key), 1, rule.windowSeconds, clock()),

    /** Takes one use back: it turned out not to count. */
    async giveBack(rule: LimitRule, key: string): Promise<void> {
      await store.add(keyOf(rule, key), -1, rule.windowSeconds, clock());
    },

    /** The present window, or null. */
    read: (rule: LimitRule, key: string) => store.read(keyOf(rule, key), clock()),
  };
}

const limited = (seconds: number) =>
  new AppError('rate_limited', 'Too many requests. Wait a little and try again.', {
    facts: { retryAfterSeconds: Math.max(1, seconds) },
  });
