// How the waiting page receives the state of its ticket when streams and networks misbehave (protocol.md 3).
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, type FakePage, FakeStream, loadScript, noAnswer, openFakePage } from '../support/fake-page.ts';

type Feed = { start(): void; stop(): void };
type Listener = {
  onState(news: { state: string }): void;
  onFrame(): void;
  onConnection(connection: string): void;
  onGone(): void;
};
type FeedScript = { createTicketFeed(base: string, listener: Listener): Feed };
type Api = { request(method: string, path: string, options: object): Promise<unknown> };

let page: FakePage;
let asked: string[];
let isDown: boolean;
let news: string[];
let connection: string;
let feed: Feed;
let post: (path: string) => Promise<unknown>;

const ticket = (state: string) => ({
  state,
  needs: null,
  expires_at: Date.now() / 1000 + 100,
  ...(state === 'pending' && { qr: `qr-${Date.now()}`, user_code: 'BBBB-BBBB' }),
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const stream = () => FakeStream.all.at(-1) as FakeStream;
const open = () => FakeStream.all.filter(({ isClosed }) => !isClosed).length;
const polls = () => asked.filter((path) => path.includes('/ticket?'));

/** A server that answers every poll at once. */
const serveState = (state: string) => {
  page.serve(async (path) => {
    asked.push(path);
    return answer(ticket(state));
  });
};
/** A server that holds a poll as long as it was asked to, when nothing has changed. */
const serveHeld = (state: () => string) => {
  page.serve(async (path) => {
    asked.push(path);
    const query = new URLSearchParams(path.split('?')[1]);
    const until = Date.now() + Number(query.get('wait')) * 1000;
    while (Date.now() < until && state() === query.get('seen'))
      await new Promise((resolve) => setTimeout(resolve, 100));
    // What is under way when a network fails is lost as well.
    return isDown ? noAnswer(path, {}) : answer(ticket(state()));
  });
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  [asked, news, connection, isDown] = [[], [], 'up', false];
  page = openFakePage(noAnswer);
  serveState('pending');
  const { createTicketFeed } = await loadScript<FeedScript>('ticket-feed');
  const { request } = await loadScript<Api>('api');
  post = (path) => request('POST', path, { body: {} });
  feed = createTicketFeed('/interaction/1', {
    onState: ({ state }) => news.push(state),
    onFrame: () => news.push('frame'),
    onConnection: (now) => {
      connection = now;
    },
    onGone: () => news.push('gone'),
  });
  feed.start();
});
afterEach(() => {
  feed.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('an event stream', () => {
  it('stays while an event arrives every five seconds, also when it is only a beat', async () => {
    stream().send('state', ticket('scanned'));
    for (let i = 0; i < 20; i++) {
      await pass(5000);
      stream().send('beat');
    }
    expect(FakeStream.all).toHaveLength(1);
    expect(polls()).toEqual([]);
    expect(news).toEqual(['scanned']);
  });

  it('is given up after 8 seconds without an event, even if the browser reported that it is open', async () => {
    stream().dispatchEvent(new Event('open'));
    await pass(7900);
    expect(polls()).toEqual([]);
    await pass(200);
    expect(stream().isClosed).toBe(true);
    expect(news).toEqual(['pending', 'frame']);
    expect(connection).toBe('up');
  });

  it('is not tried again on a page that never got an event of one: polling goes on', async () => {
    serveHeld(() => 'pending');
    await pass(60_000);
    expect(FakeStream.all).toHaveLength(1);
    expect(polls().length).toBeGreaterThanOrEqual(10);
    // Every answer brings a frame, so the code never becomes old.
    expect(news.filter((each) => each === 'frame').length).toBeGreaterThanOrEqual(10);
  });

  it('is opened again after a cut, as soon as the server answers', async () => {
    stream().send('state', ticket('pending'));
    for (let i = 0; i < 6; i++) {
      await pass(5000);
      stream().send('beat');
    }
    stream().dispatchEvent(new Event('error'));
    await pass(1100);
    expect(FakeStream.all).toHaveLength(2);
    expect(stream().isClosed).toBe(false);
  });

  it('that is cut at once, again and again, ends in polling and not in a storm of requests', async () => {
    const cut = setInterval(() => stream().dispatchEvent(new Event('error')), 50);
    serveHeld(() => 'pending');
    await pass(30_000);
    clearInterval(cut);
    expect(FakeStream.all.length).toBeLessThanOrEqual(2);
    expect(polls().length).toBeLessThan(12);
  });

  it('is closed before a request and opened again after it, so that six windows do not block each other', async () => {
    stream().send('state', ticket('pending'));
    let wasOpen = -1;
    page.serve(async () => {
      wasOpen = open();
      return answer({});
    });
    await post('/interaction/1/ask');
    expect(wasOpen).toBe(0);
    expect(open()).toBe(1);
    expect(FakeStream.all).toHaveLength(2);
  });

  it('is not opened again by a request that outlives the feed', async () => {
    const done = post('/interaction/1/cancel');
    feed.stop();
    await done;
    expect(open()).toBe(0);
  });
});

describe('a poll', () => {
  it('that hangs is repeated', async () => {
    page.serve((path) => {
      asked.push(path);
      return noAnswer(path, {});
    });
    await pass(8100);
    expect(polls()).toHaveLength(1);
    await pass(10_000);
    expect(polls().length).toBeGreaterThanOrEqual(2);
    serveState('scanned');
    await pass(10_000);
    expect(news).toContain('scanned');
  });

  it('survives an exception of whoever draws its answer', async () => {
    let calls = 0;
    vi.spyOn(console, 'error').mockImplementation(() => {});
    page.serve(async () => {
      calls += 1;
      return new Response('{"state":null,"qr":1}', { status: 200 });
    });
    await pass(30_000);
    expect(calls).toBeGreaterThan(2);
  });

  it('for an interaction that is gone ends the feed', async () => {
    page.serve(async () => answer({ code: 'interaction_not_found' }, 404));
    await pass(9000);
    expect(news).toEqual(['gone']);
  });
});

describe('the person is told within 10 seconds', () => {
  it.each([
    ['a stream', async () => {}],
    [
      'a poll',
      async () => {
        serveHeld(() => 'pending');
        await pass(20_000);
      },
    ],
  ])('that the server is away, when %s falls silent, and when it is back', async (_name, before) => {
    if (_name === 'a stream') stream().send('state', ticket('pending'));
    await before();
    isDown = true;
    page.serve(noAnswer);
    await pass(10_000);
    expect(connection).toBe('away');
    serveState('pending');
    await pass(12_000);
    expect(connection).toBe('up');
  });

  it('that they are offline, and when they are back', async () => {
    stream().send('state', ticket('pending'));
    page.setOnline(false);
    expect(connection).toBe('offline');
    page.setOnline(true);
    stream().send('state', ticket('pending'));
    expect(connection).toBe('up');
  });
});

describe('a hidden page', () => {
  it('keeps its stream once the code was scanned, and hears of the approval', async () => {
    stream().send('state', ticket('scanned'));
    page.setHidden(true);
    expect(open()).toBe(1);
    stream().send('state', ticket('approved'));
    expect(news).toEqual(['scanned', 'approved']);
  });

  it('keeps no connection open before that, and still hears of the scan and of the approval', async () => {
    let state = 'pending';
    stream().send('state', ticket('pending'));
    serveHeld(() => state);
    page.setHidden(true);
    expect(open()).toBe(0);
    await pass(20_000);
    expect(polls().every((path) => path.includes('wait=0'))).toBe(true);
    state = 'scanned';
    await pass(6000);
    expect(news.at(-1)).toBe('scanned');
    expect(open()).toBe(1);
    stream().send('state', ticket('approved'));
    expect(news.at(-1)).toBe('approved');
  });

  it('falls silent when its code expires, and asks again when somebody looks at it', async () => {
    stream().send('state', ticket('pending'));
    page.setHidden(true);
    serveState('expired');
    await pass(10_000);
    const before = polls().length;
    await pass(600_000);
    expect(polls()).toHaveLength(before);
    expect(news).not.toContain('expired');
    page.setHidden(false);
    stream().send('state', ticket('expired'));
    expect(news.at(-1)).toBe('expired');
  });
});
