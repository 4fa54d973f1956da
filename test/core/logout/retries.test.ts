// When a logout notice or a mail is tried again, and when it is given up, to the second: the same rules with
// other figures.
import { describe, expect, it } from 'vitest';
import { delaySeconds, isOverdue, settled } from '../../../src/core/logout/logout.ts';
import { isMailOverdue, isUndelivered, mailDelaySeconds, settledMail } from '../../../src/core/mail/queued-mail.ts';
import { buildLogout, buildMail } from '../../store/records.ts';

const now = 1_800_000_000;
/** In the middle of the jitter: the delay is as it is written. */
const middle = 0.5;
const failed = { kind: 'failed', error: 'away' } as const;
const refused = { kind: 'refused', error: 'no' } as const;

describe('the end of the patience', () => {
  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])('%s s after it, a logout or a mail is overdue: %s', (seconds, expected) => {
    expect(isOverdue(buildLogout(now, { endsAt: now }), now + seconds)).toBe(expected);
    expect(isMailOverdue(buildMail(now, { endsAt: now }), now + seconds)).toBe(expected);
  });

  it.each([
    [6, 'pending'],
    [5, 'given_up'],
    [4, 'given_up'],
  ])('a logout whose next try is in 5 s, with %s s left, is %s', (left, state) => {
    const after = settled(buildLogout(now, { attempts: 1, endsAt: now + left }), failed, now, middle);
    expect(after).toMatchObject({ state, nextAttemptAt: state === 'pending' ? now + 5 : null, lastError: 'away' });
  });

  it.each([
    [16, 'pending'],
    [15, 'given_up'],
    [14, 'given_up'],
  ])('a mail whose next try is in 15 s, with %s s left, is %s', (left, state) => {
    const after = settledMail(buildMail(now, { attempts: 1, endsAt: now + left }), failed, now, middle);
    expect(after).toMatchObject({ state, nextAttemptAt: state === 'pending' ? now + 15 : null, lastError: 'away' });
    expect(after.sealed === null).toBe(state === 'given_up');
  });
});

describe('the delay before the next try', () => {
  it('triples up to its maximum', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => delaySeconds(n, middle))).toEqual([5, 15, 45, 135, 405, 600, 600]);
    expect([1, 2, 3, 4, 5, 6].map((n) => mailDelaySeconds(n, middle))).toEqual([15, 45, 135, 405, 1215, 3600]);
  });

  it('varies by a fifth', () => {
    expect([delaySeconds(6, 0), delaySeconds(6, 1)]).toEqual([480, 720]);
  });
});

describe('the outcome of a try', () => {
  it('is final when the other side refuses, and keeps no words of a mail that is over', () => {
    expect(settled(buildLogout(now, { attempts: 1 }), refused, now, middle)).toMatchObject({
      state: 'given_up',
      nextAttemptAt: null,
    });
    const mail = settledMail(buildMail(now, { attempts: 1 }), refused, now, middle);
    expect(mail).toMatchObject({ state: 'given_up', nextAttemptAt: null, sealed: null });
    expect(isUndelivered(mail)).toBe(true);
    const sent = settledMail(buildMail(now, { attempts: 1 }), { kind: 'sent' }, now, middle);
    expect(sent).toMatchObject({ state: 'sent', nextAttemptAt: null, sealed: null });
    expect(isUndelivered(sent)).toBe(false);
    expect(settled(buildLogout(now), { kind: 'delivered' }, now, middle)).toMatchObject({ state: 'delivered' });
  });
});
