// The queue at work on a real store: how much at once, for whom, and what a stop leaves.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAudit } from '../../../src/core/audit/audit.ts';
import type { LogoutNotice, Outcome } from '../../../src/core/logout/logout.ts';
import { createLogouts } from '../../../src/core/logout/logouts.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock, type MovableClock } from '../../store/conformance/fixture.ts';

type Try = { clientId: string; signal: AbortSignal; end: (outcome: Outcome) => void };

const patience = { timeout: 5000, interval: 5 };
let store: Store;
let clock: MovableClock;
let tries: Try[];
let errors: unknown[];
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  clock = createClock();
  store = await openSqliteStore({ path: ':memory:', clock });
  [tries, errors, stops] = [[], [], []];
});
afterEach(async () => {
  for (const each of tries) each.end({ kind: 'delivered' });
  for (const stop of stops) await stop();
  await store.close();
});

/** Every try stays open until the test, or a stop, ends it. */
function create() {
  const send = ({ clientId }: LogoutNotice, signal: AbortSignal) =>
    new Promise<Outcome>((resolve) => {
      tries.push({ clientId, signal, end: resolve });
      signal.addEventListener('abort', () => resolve({ kind: 'failed', error: 'broken off' }));
    });
  const audit = createAudit({ store: store.audit, clock, recordedAddress: null, onRecord: null });
  const onError = (error: unknown) => errors.push(error);
  const logouts = createLogouts({ store: store.logouts, audit, clock, send, onError, random: () => 0.5 });
  stops.push(logouts.stop);
  return logouts;
}

const notice = (clientId: string): LogoutNotice => ({ clientId, accountId: 'account', sid: 'sid' });
const of = (clientId: string) => tries.filter((each) => each.clientId === clientId);

describe('the queue of logouts', () => {
  it('A20 sends at most 8 at once and 2 to one client, so that a slow client delays no other', async () => {
    const logouts = create();
    for (let index = 0; index < 10; index++) await logouts.enqueue(notice('slow'));
    logouts.wake();
    await vi.waitFor(() => expect(tries).toHaveLength(2), patience);
    for (const clientId of ['a', 'b', 'c', 'd']) {
      for (let index = 0; index < 2; index++) await logouts.enqueue(notice(clientId));
    }
    logouts.wake();
    await vi.waitFor(() => expect(tries).toHaveLength(8), patience);
    expect(of('slow')).toHaveLength(2);
    // Everybody else gets through while the slow one still holds its two.
    await vi.waitFor(() => {
      for (const each of tries) if (each.clientId !== 'slow') each.end({ kind: 'delivered' });
      expect(tries).toHaveLength(10);
    }, patience);
    expect(of('slow')).toHaveLength(2);
    of('slow')[0]?.end({ kind: 'failed', error: 'HTTP 503' });
    await vi.waitFor(() => expect(of('slow')).toHaveLength(3), patience);
    expect(errors).toEqual([]);
  });

  it('A20 stores a logout before sending it: without a wake, nothing is sent', async () => {
    const logouts = create();
    await logouts.enqueue(notice('web'));
    expect(tries).toHaveLength(0);
    expect(await logouts.listByClient('web')).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });

  it('A20 takes over the work of a crashed node when its lease ends', async () => {
    const logouts = create();
    await logouts.enqueue(notice('web'));
    const [lost] = await store.logouts.claimDue(clock(), clock() + 30, 8, () => 2);
    logouts.start();
    clock.now += 30;
    await vi.waitFor(() => expect(tries).toHaveLength(1), patience);
    tries[0]?.end({ kind: 'delivered' });
    await vi.waitFor(async () => {
      expect(await logouts.listByClient('web')).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    }, patience);
    expect(lost && (await store.logouts.settle({ ...lost, lastError: 'late' }))).toBe(false);
  });

  it('gives up, without a try, a logout that was not tried within the hour', async () => {
    const logouts = create();
    await logouts.enqueue(notice('web'));
    clock.now += 3600;
    logouts.wake();
    await vi.waitFor(async () => {
      expect(await store.audit.listByAccount('account', 10)).toMatchObject([
        { event: 'logout.given_up', clientId: 'web', facts: { reason: 'not tried in time' } },
      ]);
    }, patience);
    expect(tries).toHaveLength(0);
    expect(await logouts.listByClient('web')).toMatchObject([{ state: 'given_up', lastError: 'not tried in time' }]);
  });

  it('A20 gives running tries a moment at shutdown, then aborts them and keeps them', async () => {
    const logouts = create();
    for (const clientId of ['quick', 'hangs', 'hangs', 'hangs']) await logouts.enqueue(notice(clientId));
    logouts.wake();
    await vi.waitFor(() => expect(tries).toHaveLength(3), patience);
    const before = performance.now();
    const stopped = logouts.stop();
    of('quick')[0]?.end({ kind: 'delivered' });
    await stopped;
    expect(performance.now() - before).toBeGreaterThan(1200);
    expect(performance.now() - before).toBeLessThan(2500);
    expect(tries).toHaveLength(3);
    expect(await logouts.listByClient('quick')).toMatchObject([{ state: 'delivered' }]);
    const kept = await logouts.listByClient('hangs');
    expect(kept.map(({ state, attempts }) => `${state} ${attempts}`).sort()).toEqual([
      'pending 0',
      'pending 1',
      'pending 1',
    ]);
  });

  it('reports an unavailable store once, and continues when it is back', async () => {
    const logouts = create();
    await logouts.enqueue(notice('web'));
    const { claimDue } = store.logouts;
    let isAway = true;
    const away = new Error('away');
    Object.assign(store.logouts, {
      claimDue: (...args: Parameters<typeof claimDue>) => (isAway ? Promise.reject(away) : claimDue(...args)),
    });
    logouts.start();
    await vi.waitFor(() => expect(errors).toEqual([away]), patience);
    logouts.wake();
    isAway = false;
    await vi.waitFor(() => expect(tries).toHaveLength(1), patience);
    expect(errors).toEqual([away]);
  });
});
