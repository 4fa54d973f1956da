// When a relying party is tried again, and when no more.
import { describe, expect, it } from 'vitest';
import {
  delaySeconds,
  isOverdue,
  type Logout,
  type LogoutId,
  newLogout,
  settled,
} from '../../../src/core/logout/logout.ts';
import { taken } from '../../../src/core/logout/logout-store.ts';

const notice = { clientId: 'web', accountId: 'account', sid: 'sid' };
const fresh = newLogout('id' as LogoutId, notice, 1000);
const failed = { kind: 'failed', error: 'HTTP 503' } as const;
const almostOne = 1 - Number.EPSILON;

describe('a logout', () => {
  it('is due at once, retried for an hour, and kept for a week', () => {
    expect(fresh).toMatchObject({ ...notice, state: 'pending', attempts: 0, nextAttemptAt: 1000, lastError: null });
    expect(fresh.endsAt - fresh.createdAt).toBe(3600);
    expect(fresh.expiresAt - fresh.createdAt).toBe(7 * 86_400);
    expect([isOverdue(fresh, 4599), isOverdue(fresh, 4600)]).toEqual([false, true]);
  });

  it.each([
    [1, 4, 5, 6],
    [2, 12, 15, 18],
    [3, 36, 45, 54],
    [4, 108, 135, 162],
    [5, 324, 405, 486],
    [6, 480, 600, 720],
    [60, 480, 600, 720],
  ])('waits after try %i from %i over %i to %i seconds', (attempts, least, middle, most) => {
    expect([0, 0.5, almostOne].map((random) => delaySeconds(attempts, random))).toEqual([least, middle, most]);
  });

  it('is finished once delivered, and keeps the earlier errors', () => {
    const before = settled(taken(fresh, 1030), failed, 1001, 0.5);
    expect(before).toMatchObject({ state: 'pending', attempts: 1, lastError: 'HTTP 503', nextAttemptAt: 1006 });
    const after = settled(taken(before, 1036), { kind: 'delivered' }, 1006, 0.5);
    expect(after).toMatchObject({ state: 'delivered', attempts: 2, lastError: 'HTTP 503', nextAttemptAt: null });
  });

  it('is given up at once when it is rejected', () => {
    const refused = settled(taken(fresh, 1030), { kind: 'refused', error: 'HTTP 400 invalid_request' }, 1000, 0);
    expect(refused).toMatchObject({ state: 'given_up', lastError: 'HTTP 400 invalid_request', nextAttemptAt: null });
  });

  it.each([0, 0.5, almostOne])('is tried about ten times within the hour, then given up (random %d)', (random) => {
    let logout: Logout = fresh;
    const tries: number[] = [];
    for (let now = 1000; logout.nextAttemptAt !== null; now = logout.nextAttemptAt ?? now) {
      tries.push(now);
      logout = settled(taken(logout, now + 30), failed, now, random);
    }
    expect(logout).toMatchObject({ state: 'given_up', lastError: 'HTTP 503', attempts: tries.length });
    expect(tries.length).toBeGreaterThanOrEqual(8);
    expect(tries.length).toBeLessThanOrEqual(12);
    expect(tries.at(-1)).toBeLessThan(fresh.endsAt);
  });
});
