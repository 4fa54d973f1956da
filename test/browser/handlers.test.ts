// The error boundary of page scripts, buttons that work again, navigations that hang, uploads without
// progress, and a code that became old while the device slept.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, type FakePage, loadScript, noAnswer, openFakePage } from '../support/fake-page.ts';

type Button = { disabled: boolean };
type Handlers = {
  listen(target: EventTarget, type: string, handler: () => unknown): void;
  later(ms: number, task: () => unknown): number;
  whileBusy(buttons: readonly Button[], task: () => unknown): Promise<void>;
};

let page: FakePage;
let handlers: Handlers;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.spyOn(console, 'error').mockImplementation(() => {});
  page = openFakePage(noAnswer);
  handlers = await loadScript<Handlers>('handlers');
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('an exception', () => {
  const broken = () => {
    throw new TypeError('a bug');
  };

  it.each<[string, (target: EventTarget) => void]>([
    ['of a handler', (target) => handlers.listen(target, 'tap', broken)],
    ['of an asynchronous handler', (target) => handlers.listen(target, 'tap', async () => broken())],
    ['of a timer', () => void handlers.later(0, broken)],
  ])('%s is shown with a reference', async (_name, begin) => {
    const target = new EventTarget();
    begin(target);
    target.dispatchEvent(new Event('tap'));
    await pass(1);
    expect(page.notices()).toEqual(['Failed. Reference: TypeError']);
  });

  it('refers to the last request in the log of the server', async () => {
    page.serve(async () => answer({}));
    const { request } = await loadScript<{ request(method: string, path: string): Promise<unknown> }>('api');
    await request('GET', '/x');
    handlers.later(0, broken);
    await pass(1);
    expect(page.notices()).toEqual(['Failed. Reference: request-1 · TypeError']);
  });

  it('leaves no button dead, and a second press meanwhile does nothing', async () => {
    const button = { disabled: false };
    let calls = 0;
    const task = async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      broken();
    };
    const first = handlers.whileBusy([button], task).catch(() => 'failed');
    await handlers.whileBusy([button], task);
    expect(button.disabled).toBe(true);
    await pass(1000);
    expect(await first).toBe('failed');
    expect([button.disabled, calls]).toEqual([false, 1]);
  });
});

it('a navigation that hangs is said after ten seconds, with a link', async () => {
  const { goTo } = await loadScript<{ goTo(address: string): Promise<void> }>('departure');
  const button = { disabled: false };
  void handlers.whileBusy([button], () => goTo('/slow'));
  await pass(9900);
  expect([page.notices(), button.disabled]).toEqual([[], true]);
  await pass(200);
  expect([page.notices(), button.disabled]).toEqual([['Slow.'], false]);
});

describe('an upload', () => {
  /** An XMLHttpRequest whose progress the test reports. */
  class FakeSending {
    static last: FakeSending;
    readonly upload: { onprogress: (() => void) | null } = { onprogress: null };
    readonly status = 204;
    readonly responseText = '';
    onload: (() => void) | null = null;
    onloadend: (() => void) | null = null;
    constructor() {
      FakeSending.last = this;
    }
    open(): void {}
    send(): void {}
    setRequestHeader(): void {}
    getResponseHeader(): null {
      return null;
    }
    abort(): void {
      this.onloadend?.();
    }
  }
  const begin = async () => {
    vi.stubGlobal('XMLHttpRequest', FakeSending);
    const { upload } = await loadScript<{ upload(path: string, file: Blob, headers: Headers): Promise<unknown> }>(
      'wire',
    );
    const done: unknown[] = [];
    void upload('/picture', new Blob(['x']), new Headers()).then((reply) => done.push(reply));
    return done;
  };

  it('goes on as long as something is sent, and ends ten seconds after the last progress', async () => {
    const done = await begin();
    for (let i = 0; i < 10; i++) {
      await pass(9000);
      FakeSending.last.upload.onprogress?.();
    }
    expect(done).toEqual([]);
    await pass(10_100);
    expect(done).toEqual([null]);
  });

  it('ends with the answer of the server', async () => {
    const done = await begin();
    FakeSending.last.onload?.();
    FakeSending.last.onloadend?.();
    await pass(1);
    expect(done).toEqual([{ status: 204, text: '' }]);
  });
});

describe('a code on the page', () => {
  type CodeAge = { restart(): void; stop(): void };
  type Script = { createCodeAge(onChange: (isOld: boolean) => void): CodeAge };
  const watch = async () => {
    const seen: boolean[] = [];
    const { createCodeAge } = await loadScript<Script>('code-age');
    return { seen, age: createCodeAge((isOld) => seen.push(isOld)) };
  };

  it('is old after 20 seconds without a new one, and new again with the next', async () => {
    const { seen, age } = await watch();
    await pass(20_000);
    expect(seen).toEqual([]);
    await pass(1000);
    expect(seen).toEqual([true]);
    age.restart();
    expect(seen).toEqual([true, false]);
  });

  it('is old at once when the device wakes up, before any timer', async () => {
    const { seen } = await watch();
    vi.setSystemTime(Date.now() + 600_000);
    page.setHidden(false);
    expect(seen).toEqual([true]);
  });

  it('that nobody should scan any more is never old', async () => {
    const { seen, age } = await watch();
    age.stop();
    await pass(60_000);
    expect(seen).toEqual([]);
  });
});
