import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLimits, type LimitRule, type Limits } from '../../../src/core/limit/limit.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';

const rule: LimitRule = { name: 'tries', points: 3, windowSeconds: 60 };
const other: LimitRule = { ...rule, name: 'other tries' };

let time: { now: number };
let store: Store;
let limits: Limits;
beforeEach(async () => {
  time = { now: 1_000_000 };
  store = await openSqliteStore({ path: ':memory:', clock: () => time.now });
  limits = createLimits({ store: store.limits, clock: () => time.now });
});
afterEach(() => store.close());

const useUp = async () => {
  for (let i = 0; i < rule.points; i++) await limits.use(rule, 'a');
};

describe('a limit', () => {
  it('can take back a use', async () => {
    await useUp();
    await limits.giveBack(rule, 'a');
    expect(await limits.count(rule, 'a')).toBe(rule.points - 1);
    await limits.use(rule, 'a');
    await expect(limits.use(rule, 'a')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('returns at least one second to wait, even if its window ends during the answer', async () => {
    let now = 1_000_000;
    // The count is made in the last second of the window, and the answer is written when it is over.
    const clock = () => now++;
    const short = createLimits({ store: store.limits, clock });
    const once: LimitRule = { name: 'once', points: 0, windowSeconds: 1 };
    await expect(short.use(once, 'a')).rejects.toMatchObject({ facts: { retryAfterSeconds: 1 } });
  });

  it('G5 is exhausted after its points and returns the seconds to wait', async () => {
    await useUp();
    time.now += 20;
    await expect(limits.use(rule, 'a')).rejects.toMatchObject({
      code: 'rate_limited',
      facts: { retryAfterSeconds: 40 },
    });
  });

  it('is restored when its window ends, regardless of refused requests', async () => {
    await useUp();
    time.now += 59;
    await expect(limits.use(rule, 'a')).rejects.toMatchObject({ facts: { retryAfterSeconds: 1 } });
    time.now += 1;
    await useUp();
    await expect(limits.use(rule, 'a')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('G1 does not affect other keys and other rules', async () => {
    await useUp();
    await limits.use(rule, 'b');
    await limits.use(other, 'a');
    expect(await limits.count(rule, 'a')).toBe(3);
    expect(await limits.count(rule, 'c')).toBe(0);
  });

  it('counts exactly under 50 parallel uses', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => limits.use(rule, 'a')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(rule.points);
  });

  it('can be cleared', async () => {
    await useUp();
    await limits.clear(rule, 'a');
    expect(await limits.read(rule, 'a')).toBeNull();
    await limits.use(rule, 'a');
  });

  it('H1 stores no address or name in clear text', async () => {
    const keys: string[] = [];
    const spied = createLimits({
      clock: () => time.now,
      store: { ...store.limits, add: (key, ...rest) => store.limits.add(key, ...rest).finally(() => keys.push(key)) },
    });
    await spied.use(rule, 'alice 192.0.2.1');
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toMatch(/alice|192/);
  });
});
