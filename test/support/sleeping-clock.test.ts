// The script of the sleeping clock in a scope with the parts of a page that it needs. The scope's own time is
// in the hands of the test.
import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { sleepingClock } from './sleeping-clock.ts';

/** A page in which time passes when the test says so. */
function createPage(storage = new Map<string, string>(), wrongBySeconds = 0) {
  let nowMs = 1000;
  let nextId = 1;
  const due = new Map<number, { atMs: number; run: () => void }>();
  const seen: string[] = [];
  const document = new EventTarget();
  document.addEventListener('visibilitychange', () => seen.push(String(run('document.visibilityState'))));
  const after = (act: () => void, ms: number) => {
    due.set(nextId, { atMs: nowMs + ms, run: act });
    return nextId++;
  };
  class PageDate extends Date {
    static override now() {
      return 1_700_000_000_000 + nowMs;
    }
  }
  const scope = createContext({
    Date: PageDate,
    performance: { now: () => nowMs },
    setTimeout: after,
    setInterval: after,
    clearTimeout: (id: number) => due.delete(id),
    clearInterval: (id: number) => due.delete(id),
    requestAnimationFrame: (act: () => void) => after(act, 16),
    sessionStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    },
    document,
    Event,
    say: (word: string) => seen.push(word),
  });
  const run = (code: string): unknown => runInContext(code, scope);
  run(`(${sleepingClock})(${wrongBySeconds})`);
  return {
    run,
    seen,
    wall: () => Number(run('Date.now()')) - 1_700_000_000_000,
    monotonic: () => Number(run('performance.now()')),
    pass(ms: number): void {
      const endMs = nowMs + ms;
      for (;;) {
        const [id, next] = [...due].sort(([, one], [, other]) => one.atMs - other.atMs)[0] ?? [0, null];
        if (!next || next.atMs > endMs) break;
        due.delete(id);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = endMs;
    },
  };
}

let page: ReturnType<typeof createPage>;
beforeEach(() => {
  page = createPage();
});

describe('the sleeping clock', () => {
  it('runs as time does while the page is awake', () => {
    page.run(`setTimeout(say, 50, 'once'); setInterval(() => say('again'), 40)`);
    page.pass(100);
    expect([page.wall(), page.monotonic()]).toEqual([1100, 1100]);
    expect(page.seen).toEqual(['again', 'once', 'again']);
  });

  it('stops performance.now() while the wall clock goes on', () => {
    page.run('sleepingClock.sleep()');
    page.pass(300);
    expect([page.wall(), page.monotonic()]).toEqual([1300, 1000]);
    page.run('sleepingClock.wake(600)');
    expect([page.wall(), page.monotonic()]).toEqual([601_300, 1000]);
    page.pass(50);
    expect([page.wall(), page.monotonic()]).toEqual([601_350, 1050]);
    expect(page.run('new Date().getTime() - Date.now()')).toBe(0);
    expect(page.run('new Date(5).getTime()')).toBe(5);
    expect(page.run('Date() === new Date().toString() && new Date() instanceof Date')).toBe(true);
  });

  it('pauses timers and frames with what is left of them', () => {
    page.run(`setTimeout(say, 100, 'timer'); const gone = setTimeout(say, 100, 'cleared')`);
    page.pass(70);
    page.run(`requestAnimationFrame(() => say('frame')); sleepingClock.sleep(); clearTimeout(gone)`);
    page.pass(10_000);
    expect(page.seen).toEqual(['hidden']);
    page.run('sleepingClock.wake(600)');
    expect(page.seen).toEqual(['hidden', 'frame', 'visible']);
    page.pass(29);
    expect(page.seen).not.toContain('timer');
    page.pass(1);
    expect(page.seen.at(-1)).toBe('timer');
    page.pass(10_000);
    expect(page.seen.at(-1)).toBe('timer');
  });

  it('has slept for the next page of the tab too, and may be wrong from the beginning', () => {
    const storage = new Map<string, string>();
    const wrong = createPage(storage, -90);
    expect(wrong.wall()).toBe(1000 - 90_000);
    wrong.run('sleepingClock.sleep(); sleepingClock.wake(600)');
    expect(createPage(storage, -90).wall()).toBe(1000 - 90_000 + 600_000);
  });
});
