// Requests of page scripts: every one ends in time, one that was refused because of the clock is repeated,
// and a browser that keeps no keys gets a refusal that says so.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, type FakePage, loadScript, noAnswer, openFakePage } from '../support/fake-page.ts';

let page: FakePage;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
type Api = { request(method: string, path: string, options?: object): Promise<unknown> };
type ServerClock = { now(): number; measure(date: string | null, sentAtMs: number): void };

const api = () => loadScript<Api>('api');
const serverClock = async () => (await loadScript<{ serverClock: ServerClock }>('server-clock')).serverClock;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  page = openFakePage(noAnswer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a request', () => {
  it.each([
    ['never answers', noAnswer],
    ['sends the head of an answer and never its body', async () => new Response(new ReadableStream())],
  ])('to a server that %s ends after 10 seconds', async (_name, serve) => {
    page.serve(serve);
    const { request } = await api();
    let result: unknown = null;
    void request('POST', '/x', { body: {} }).then((value) => {
      result = value;
    });
    await pass(9900);
    expect(result).toBeNull();
    await pass(200);
    expect(result).toEqual({ ok: false, status: 0, problem: { code: 'no_answer' } });
  });

  it('whose connection breaks, or that something in between answers with a page, counts as unanswered', async () => {
    const { request } = await api();
    for (const serve of [
      async () => {
        throw new TypeError('network');
      },
      async () => new Response('<html>Log in to this network</html>'),
    ]) {
      page.serve(serve);
      expect(await request('GET', '/x')).toMatchObject({ ok: false, problem: { code: 'no_answer' } });
    }
  });
});

describe('a proof', () => {
  /** The `iat` of the proof in a request. */
  const issuedAt = (init: RequestInit): number => {
    const [, payload = ''] = new Headers(init.headers).get('DPoP')?.split('.') ?? [];
    return JSON.parse(Buffer.from(payload, 'base64url').toString()).iat as number;
  };
  const withKey = async () => {
    vi.stubGlobal(
      'indexedDB',
      fakeDatabase(() => {}),
    );
    return api();
  };

  it('that was refused because of the clock is made once more, with the time of the server', async () => {
    const trueTime = Math.floor(Date.now() / 1000) + 3600;
    const times: number[] = [];
    page.serve(async (_path, init) => {
      times.push(issuedAt(init));
      const isFirst = times.length === 1;
      return isFirst ? answer({ code: 'device_clock_wrong', server_time: trueTime }, 401) : answer({});
    });
    const { request } = await withKey();
    expect(await request('POST', '/x', { proved: true })).toEqual({ ok: true, body: {} });
    expect(times[1]).toBeGreaterThanOrEqual(trueTime);
    expect(times[1]).toBeLessThan(trueTime + 5);
  });

  it('is made no third time', async () => {
    let requests = 0;
    page.serve(async () => {
      requests += 1;
      return answer({ code: 'device_clock_wrong', server_time: 1 }, 401);
    });
    const { request } = await withKey();
    expect(await request('POST', '/x', { proved: true })).toMatchObject({ problem: { code: 'device_clock_wrong' } });
    expect(requests).toBe(2);
  });

  it('has the time of the server after a sleep during which the clock of the phone was changed', async () => {
    const clock = await serverClock();
    await loadScript('clock-watch');
    const trueTime = () => Date.now() / 1000 - skew;
    let skew = 0;
    page.setHidden(true);
    // The wall clock goes on and is wrong by an hour; `performance.now()` stood still.
    vi.setSystemTime(Date.now() + 600_000 + 3_600_000);
    skew = 3600;
    page.serve(async () => answer({}, 200, trueTime()));
    page.setHidden(false);
    await pass(10);
    expect(Math.abs(clock.now() - trueTime())).toBeLessThan(1.5);
  });
});

describe('the clock of the server', () => {
  it('goes on while the page sleeps', async () => {
    const before = (await serverClock()).now();
    const start = Date.now();
    vi.setSystemTime(start + 600_000);
    expect((await serverClock()).now() - before).toBeCloseTo(600, 1);
  });

  it('does not jump with an answer that agrees with it, and is set by one that does not', async () => {
    const clock = await serverClock();
    vi.setSystemTime(1_800_000_000_900);
    const now = clock.now();
    clock.measure(new Date(now * 1000).toUTCString(), Date.now());
    expect(clock.now()).toBe(now);
    clock.measure(new Date((now - 120) * 1000).toUTCString(), Date.now());
    expect(clock.now()).toBeCloseTo(now - 120, -0.5);
    clock.measure('nonsense', Date.now());
    clock.measure(null, Date.now());
    expect(clock.now()).toBeCloseTo(now - 120, -0.5);
  });
});

describe('a browser keeps no keys when', () => {
  const hang = () => new Promise<never>(() => {});
  it.each([
    ['IndexedDB is missing', () => vi.stubGlobal('indexedDB', undefined)],
    [
      'IndexedDB is refused',
      () =>
        vi.stubGlobal(
          'indexedDB',
          fakeDatabase(() => {
            throw new DOMException('no', 'SecurityError');
          }),
        ),
    ],
    ['IndexedDB hangs', () => vi.stubGlobal('indexedDB', fakeDatabase(hang))],
    [
      'IndexedDB stores no keys',
      () =>
        vi.stubGlobal(
          'indexedDB',
          fakeDatabase((step) => {
            if (step === 'add') throw new DOMException('no', 'DataCloneError');
          }),
        ),
    ],
    ['WebCrypto is missing', () => vi.stubGlobal('crypto', {})],
  ])('%s: the request is refused with words for it, within 10 seconds, and sends nothing', async (_name, prepare) => {
    vi.stubGlobal(
      'indexedDB',
      fakeDatabase(() => {}),
    );
    prepare();
    let requests = 0;
    page.serve(async () => {
      requests += 1;
      return answer({});
    });
    const { request } = await api();
    let result: unknown = null;
    void request('POST', '/x', { proved: true }).then((value) => {
      result = value;
    });
    await pass(10_000);
    await vi.waitFor(() => expect(result).not.toBeNull());
    expect(result).toEqual({ ok: false, status: 0, problem: { code: 'no_key' } });
    expect(requests).toBe(0);
  });

  it('nothing: the browser is asked to keep the key when storage runs short, and may refuse', async () => {
    const persist = vi.fn(() => Promise.reject(new Error('no')));
    vi.stubGlobal('navigator', { storage: { persist } });
    const { askToKeepKey } = await loadScript<{ askToKeepKey(): void }>('device-key');
    askToKeepKey();
    await pass(1);
    expect(persist).toHaveBeenCalledOnce();
    vi.stubGlobal('navigator', {});
    expect(askToKeepKey).not.toThrow();
  });

  it('nothing: one failure is not remembered, and a later success is used', async () => {
    let failures = 5;
    vi.stubGlobal(
      'indexedDB',
      fakeDatabase(() => {
        if (failures-- > 0) throw new DOMException('no', 'UnknownError');
      }),
    );
    page.serve(async () => answer({}));
    const { canKeepKey } = await loadScript<{ canKeepKey(): Promise<boolean> }>('device-key');
    const { request } = await api();
    expect(await canKeepKey()).toBe(false);
    expect(await canKeepKey()).toBe(false);
    expect(await request('POST', '/x', { proved: true })).toEqual({ ok: true, body: {} });
  });
});

/**
 * IndexedDB as far as device-key.ts uses it.
 *
 * @param before runs before each step: `open`, `get`, `add`; it throws, or returns a promise to wait for
 */
function fakeDatabase(before: (step: string) => unknown) {
  const kept = new Map<string, unknown>();
  const later = <T>(step: string, value: T, target: Record<string, unknown> = {}) => {
    const waited = before(step);
    void Promise.resolve(waited).then(() => {
      target.result = value;
      (target.onsuccess as (() => void) | undefined)?.();
    });
    return target;
  };
  const objectStore = (transaction: Record<string, unknown>) => ({
    get: (name: string) => later('get', kept.get(name)),
    add: (value: unknown, name: string) => {
      before('add');
      kept.set(name, value);
      queueMicrotask(() => (transaction.oncomplete as (() => void) | undefined)?.());
      return {};
    },
  });
  const db = {
    close: () => {},
    transaction: () => {
      const transaction: Record<string, unknown> = {};
      return Object.assign(transaction, { objectStore: () => objectStore(transaction) });
    },
  };
  return { open: () => later('open', db) };
}
