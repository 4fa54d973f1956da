// A page whose device falls asleep, as a script that runs before those of the page: `performance.now()`
// stands still, timers and animation frames pause with what is left of them, and the wall clock goes on. The
// script fakes neither the network nor timers inside the browser such as `AbortSignal.timeout`, nor workers.
import type { BrowserContext, Page } from 'playwright-core';

/** What the script leaves in the page. */
type Sleeper = { sleep(): void; wake(seconds: number): void };

/**
 * Gives every page that is opened afterwards a clock that can sleep.
 * @param wrongBySeconds how far the wall clock of this device is ahead, or behind (negative)
 */
export const installSleepingClock = (target: BrowserContext | Page, wrongBySeconds = 0): Promise<unknown> =>
  target.addInitScript(sleepingClock, wrongBySeconds);

/** The page is hidden, then stops. Requests that are on their way go on; the network decides about them. */
export const fallAsleep = (page: Page): Promise<void> => page.evaluate('sleepingClock.sleep()');

/**
 * The page goes on and is visible again; its wall clock has gone on by so many seconds more than real time.
 */
export const wakeUp = (page: Page, seconds: number): Promise<void> => page.evaluate(`sleepingClock.wake(${seconds})`);

/** Sleeps for so long in no time. Move the clock of the server as far, before or after. */
export async function sleepFor(page: Page, seconds: number): Promise<void> {
  await fallAsleep(page);
  await wakeUp(page, seconds);
}

/** The parts of a page that the script needs. */
type Scope = {
  Date: DateConstructor;
  performance: { now(): number };
  setTimeout: (...args: never[]) => unknown;
  setInterval: (...args: never[]) => unknown;
  clearTimeout: (id?: number) => void;
  clearInterval: (id?: number) => void;
  requestAnimationFrame: (act: (now: number) => void) => number;
  sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  document: EventTarget;
  sleepingClock: Sleeper;
};

type Timer = { run: () => void; leftMs: number; everyMs: number | null; startedAtMs: number; handle: number };

/** Runs in the page, so that it may use nothing of this file but types. */
export function sleepingClock(wrongBySeconds: number): void {
  const scope = globalThis as unknown as Scope;
  const RealDate = scope.Date;
  const realNow = scope.performance.now.bind(scope.performance);
  const start = scope.setTimeout.bind(scope) as (act: () => void, ms: number) => number;
  const stop = scope.clearTimeout.bind(scope);
  const frame = scope.requestAnimationFrame.bind(scope);
  const storageKey = 'sleeping-clock';

  let wallShiftMs = wrongBySeconds * 1000 + readSlept();
  let pausedMs = 0;
  let asleepAtMs: number | null = null;
  let nextId = 1;
  const timers = new Map<number, Timer>();
  let frames: (() => void)[] = [];

  /** The wall clock of a page that is loaded after the sleep has gone on as well. */
  function readSlept(): number {
    try {
      return Number(scope.sessionStorage.getItem(storageKey) ?? 0);
    } catch {
      return 0;
    }
  }

  function keepSlept(): void {
    try {
      scope.sessionStorage.setItem(storageKey, String(wallShiftMs - wrongBySeconds * 1000));
    } catch {
      // A page without storage has no page after it that could read it.
    }
  }

  const monotonic = () => (asleepAtMs ?? realNow()) - pausedMs;
  const wall = () => RealDate.now() + wallShiftMs;

  function arm(id: number, timer: Timer): void {
    timer.startedAtMs = realNow();
    timer.handle = start(() => {
      if (timer.everyMs === null) timers.delete(id);
      else arm(id, Object.assign(timer, { leftMs: timer.everyMs }));
      timer.run();
    }, timer.leftMs);
  }

  function add(act: unknown, ms: number, args: unknown[], repeats: boolean): number {
    const id = nextId++;
    const run = () => typeof act === 'function' && act(...args);
    const leftMs = Math.max(0, Number(ms) || 0);
    const timer: Timer = { run, leftMs, everyMs: repeats ? leftMs : null, startedAtMs: 0, handle: 0 };
    timers.set(id, timer);
    if (asleepAtMs === null) arm(id, timer);
    return id;
  }

  function remove(id?: number): void {
    if (id === undefined) return;
    stop(timers.get(id)?.handle);
    timers.delete(id);
  }

  function show(state: 'hidden' | 'visible'): void {
    const values = { visibilityState: state, hidden: state === 'hidden' };
    for (const [name, value] of Object.entries(values))
      Object.defineProperty(scope.document, name, { configurable: true, get: () => value });
    scope.document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }

  scope.Date = new Proxy(RealDate, {
    construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [wall()], made),
    apply: () => new RealDate(wall()).toString(),
    get: (target, name) => (name === 'now' ? wall : Reflect.get(target, name)),
  });
  Object.defineProperty(scope.performance, 'now', { configurable: true, value: monotonic });
  scope.setTimeout = ((act: unknown, ms: number, ...args: unknown[]) => add(act, ms, args, false)) as never;
  scope.setInterval = ((act: unknown, ms: number, ...args: unknown[]) => add(act, ms, args, true)) as never;
  scope.clearTimeout = remove;
  scope.clearInterval = remove;
  scope.requestAnimationFrame = (act) =>
    frame(() => {
      const run = () => act(monotonic());
      if (asleepAtMs === null) run();
      else frames.push(run);
    });

  scope.sleepingClock = {
    sleep() {
      show('hidden');
      asleepAtMs = realNow();
      for (const timer of timers.values()) {
        stop(timer.handle);
        timer.leftMs = Math.max(0, timer.leftMs - (asleepAtMs - timer.startedAtMs));
      }
    },
    wake(seconds) {
      if (asleepAtMs === null) return;
      pausedMs += realNow() - asleepAtMs;
      asleepAtMs = null;
      wallShiftMs += seconds * 1000;
      keepSlept();
      for (const [id, timer] of timers) arm(id, timer);
      const waiting = frames;
      frames = [];
      for (const run of waiting) run();
      show('visible');
    },
  };
}
