// The schedule of signing keys as a pure rule. Whatever operators do and nodes miss, there is a signing key,
// and every verifier can already know it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSchedule,
  type KeyFacts,
  planKeys,
  type Rotation,
  scheduleOf,
  signingAlgorithms,
} from '../../../src/core/key/key-schedule.ts';

const day = 86_400;
const start = 1_800_000_000;
const idTokenSeconds = 3600;
const sessionSeconds = 14 * day;
const schedule = createSchedule({ rotationDays: 90, idTokenSeconds, sessionSeconds });

type Key = KeyFacts & { readonly signsFrom: number; readonly rotation: Rotation | 'first' };

/** A use-case without a store: what was planned, done. */
function carryOut(keys: readonly Key[], now: number, rotation: Rotation, every = schedule): Key[] {
  const plan = planKeys(keys, now, every, rotation);
  const asked: Key['rotation'] = keys.length === 0 ? 'first' : rotation;
  return [
    ...plan.kept,
    ...plan.fresh.map((wanted, index) => ({ ...wanted, kid: `${now}-${index}-${rotation}`, rotation: asked })),
  ];
}

const first = () => carryOut([], start, 'due');
const statesAt = (keys: readonly Key[], now: number, alg = 'RS256') =>
  scheduleOf(keys, now, schedule)
    .filter(({ key }) => key.alg === alg)
    .map(({ state }) => state);

describe('the key schedule', () => {
  it('starts with one key per algorithm that signs at once', () => {
    expect(first().map(({ alg, signsFrom }) => [alg, signsFrom])).toEqual(signingAlgorithms.map((alg) => [alg, start]));
    expect(planKeys(first(), start, schedule, 'due').isChange).toBe(false);
  });

  it('announces a successor a day before, publishes the predecessor while its ID tokens live, and keeps it while sessions live', () => {
    const dueAt = start + 89 * day;
    expect(planKeys(first(), dueAt - 1, schedule, 'due').isChange).toBe(false);
    const keys = carryOut(first(), dueAt, 'due');
    expect(keys).toHaveLength(6);
    const turn = start + 90 * day;
    expect(statesAt(keys, turn - 1)).toEqual(['current', 'next']);
    expect(statesAt(keys, turn)).toEqual(['previous', 'current']);
    expect(statesAt(keys, turn + idTokenSeconds + 120)).toEqual(['previous', 'current']);
    const retired = turn + schedule.overlapSeconds;
    expect(retired - turn).toBeLessThan(idTokenSeconds + 300);
    expect(statesAt(keys, retired - 1)).toEqual(['previous', 'current']);
    expect(statesAt(keys, retired)).toEqual(['retired', 'current']);
    expect(planKeys(keys, retired, schedule, 'due').isChange).toBe(false);
    const gone = retired + sessionSeconds;
    expect(statesAt(keys, gone - 1)).toEqual(['retired', 'current']);
    expect(planKeys(keys, gone - 1, schedule, 'due').isChange).toBe(false);
    expect(statesAt(keys, gone)).toEqual(['gone', 'current']);
    expect(planKeys(keys, gone, schedule, 'due').removed.map(({ kid }) => kid)).toEqual(first().map(({ kid }) => kid));
    expect(carryOut(keys, gone, 'due')).toHaveLength(3);
  });

  it('announces a key for a whole day even if every node was down at the time', () => {
    const late = start + 400 * day;
    const keys = carryOut(first(), late, 'due');
    expect(statesAt(keys, late + day - 1)).toEqual(['current', 'next']);
    expect(statesAt(keys, late + day)).toEqual(['previous', 'current']);
  });

  it('on request, publishes a key for longer than caches keep the JWKS; a second request changes nothing', () => {
    const now = start + 10 * day;
    const keys = carryOut(first(), now, 'soon');
    expect(statesAt(keys, now + 300)).toEqual(['current', 'next']);
    expect(statesAt(keys, now + schedule.publishSeconds)).toEqual(['previous', 'current']);
    expect(planKeys(keys, now + 5, schedule, 'soon').isChange).toBe(false);
  });

  it('on request, brings forward an announced key instead of adding one', () => {
    const announced = carryOut(first(), start + 89 * day, 'due');
    const now = start + 89 * day + 7200;
    const keys = carryOut(announced, now, 'soon');
    expect(keys.map(({ kid }) => kid)).toEqual(announced.map(({ kid }) => kid));
    expect(statesAt(keys, now)).toEqual(['previous', 'current']);
  });

  it('drops all earlier keys when keys are replaced at once', () => {
    // Of a previous key, a retired one and one that is announced.
    const soon = carryOut(first(), start + day, 'soon');
    const all = carryOut(carryOut(soon, start + 3 * day, 'soon'), start + 3 * day + 600, 'soon');
    const now = start + 3 * day + 605;
    expect(statesAt(all, now)).toEqual(['retired', 'previous', 'current', 'next']);
    const keys = carryOut(all, now, 'at once');
    expect(keys).toHaveLength(3);
    expect(statesAt(keys, now)).toEqual(['current']);
  });

  it('treats a key from before rotation existed as current since its creation', () => {
    const old: KeyFacts = { kid: 'old', alg: 'RS256', createdAt: start };
    const seen = scheduleOf([old], start + day, schedule);
    expect(seen).toEqual([{ key: old, state: 'current', signsFrom: start, retiresAt: null }]);
    const plan = planKeys([old], start + 89 * day, schedule, 'due');
    expect(plan.fresh.find(({ alg }) => alg === 'RS256')?.signsFrom).toBe(start + 90 * day);
    expect(plan.kept).toEqual([old]);
  });

  it('H3 has one current key per algorithm at any instant, published 300 s before, unless all keys were replaced at once', () => {
    const step = fc.record({
      after: fc.oneof(
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 3000, max: 3800 }),
        fc.integer({ min: 0, max: 5 * day }),
      ),
      rotation: fc.oneof(
        { weight: 8, arbitrary: fc.constant<Rotation>('due') },
        { weight: 3, arbitrary: fc.constant<Rotation>('soon') },
        { weight: 1, arbitrary: fc.constant<Rotation>('at once') },
      ),
      glance: fc.integer({ min: -day, max: 3 * day }),
    });
    const steps = fc.array(step, { maxLength: 80 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (all, rotationDays) => {
        const every = createSchedule({ rotationDays, idTokenSeconds, sessionSeconds });
        let keys: Key[] = carryOut([], start, 'due', every);
        let now = start;
        for (const { after, rotation, glance } of all) {
          now += after;
          const before = scheduleOf(keys, now, every);
          keys = carryOut(keys, now, rotation, every);
          const present = new Set(keys.map(({ kid }) => kid));
          for (const { key } of before) {
            // A removed key was replaced at once, or was kept for the longest session whose ID token it
            // signed.
            const later = before.filter((each) => each.key.alg === key.alg && each.signsFrom > key.signsFrom);
            const signedUntil = Math.min(...later.map(({ signsFrom }) => signsFrom));
            const isDone = signedUntil + idTokenSeconds + sessionSeconds <= now;
            expect(present.has(key.kid) || rotation === 'at once' || isDone).toBe(true);
          }
          for (const instant of [now, now + glance]) {
            const seen = scheduleOf(keys, instant, every);
            for (const alg of signingAlgorithms) {
              const current = seen.filter(({ key, state }) => key.alg === alg && state === 'current');
              expect(current).toHaveLength(1);
            }
            for (const { key, retiresAt } of seen.filter(({ state }) => state === 'retired' || state === 'gone')) {
              // Relying parties know it while anything it signed is valid.
              const successor = seen.find((each) => each.key.alg === key.alg && each.signsFrom > key.signsFrom);
              expect(successor && successor.signsFrom + idTokenSeconds <= instant).toBe(true);
              expect(retiresAt).toBeLessThanOrEqual(instant);
            }
            if (instant < now) continue;
            for (const { key } of seen.filter(({ state }) => state === 'current')) {
              const isKnown = instant - key.createdAt >= 300;
              expect(isKnown || key.rotation === 'at once' || key.rotation === 'first').toBe(true);
            }
          }
          expect(isOrderly(keys)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Each algorithm has a key, and no two keys of one begin in the same instant. */
const isOrderly = (keys: readonly Key[]): boolean =>
  signingAlgorithms.every((alg) => {
    const begins = keys.filter((key) => key.alg === alg).map(({ signsFrom }) => signsFrom);
    return begins.length > 0 && new Set(begins).size === begins.length;
  });
