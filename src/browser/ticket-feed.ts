// Receives the state of the ticket (protocol.md 3) by server-sent events, or by long polling where a proxy
// holds streams back or breaks them. Each new connection starts with the current state, so a missed event
// costs a delay and nothing else. The server sends an event at least every 5 seconds, so silence means that
// nothing arrives, whatever the browser says about the connection.
import { request } from './api.ts';
import { later, listen, pause, run } from './handlers.ts';
import { releaseBeforeRequests } from './wire.ts';

/** As `state` in protocol.md 3. */
export type TicketState = 'pending' | 'scanned' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'consumed';
/**
 * The `state` event. `expires_at`: epoch seconds. `renews`: the page may request a new ticket after expiry.
 */
export type StateNews = {
  state: TicketState;
  needs: 'confirmation_code' | null;
  expires_at: number;
  renews?: boolean;
  /** Of an expired ticket: it was approved, and this browser did not finish in time. */
  lapsed?: boolean;
  /** The number that the person must choose on the phone that was asked. */
  number?: string;
};
/**
 * The `frame` event. `qr`: the link in the QR code; `expires_at`: when the ticket expires, in epoch seconds.
 */
export type FrameNews = { qr: string; user_code: string; expires_at: number };

/** `offline`: the browser has no network. `away`: it has one, and the server does not answer. */
export type Connection = 'up' | 'offline' | 'away';

/** Callbacks of a feed. States can repeat, and none is delivered after `stop`. */
export type FeedListener = {
  onState(news: StateNews): void;
  onFrame(news: FrameNews): void;
  onConnection(connection: Connection): void;
  /** The server does not know the interaction (any more). The feed has ended. */
  onGone(): void;
};

/** A stream without an event for this long is given up, even if the browser says that it is open. */
const silenceMs = 8000;
/** A stream that lived for this long is a good one, and its end says nothing about the network's proxies. */
const goodStreamMs = 20_000;
/**
 * After this many bad streams the page polls for the rest of its life. A stream without any event counts
 * twice.
 */
const maxBadStreams = 2;
/**
 * How long the server may hold a poll until the state changes. Short, since an answer brings the next frame.
 */
const waitSeconds = 5;
/** A poll that takes this much longer than the server may hold it is repeated. */
const pollMarginMs = 3000;
/** The first poll is answered at once. After this time without an answer the server counts as away. */
const firstAnswerMs = 1500;
const retryMs = 2000;
/** Polls begin at least this far apart, even where something on the way answers them at once. */
const paceMs = 500;
/** When a server restarts, its screens ask for their state within this time, and not all at once. */
const spreadMs = 1000;
/** A hidden page asks at this interval while nobody has scanned its code, and keeps no connection open. */
const hiddenPollMs = 5000;

/** States in which a hidden page stays connected, because the person is about to decide, or has decided. */
const followedStates: readonly string[] = ['scanned', 'approved'];

/**
 * Creates a feed, which is stopped at first. It follows the visibility of the page by itself: a hidden page
 * whose code nobody has scanned only asks now and then, and ends at the expiry of its ticket.
 *
 * @param base path of the interaction, `/interaction/<uid>`
 */
export function createTicketFeed(base: string, listener: FeedListener) {
  /** Counts starts and stops. What began under an older number drops its result. */
  let turn = 0;
  let isWanted = false;
  let close: () => void = () => {};
  /** The turn in which a stream was opened; it is open while this equals `turn`. */
  let streamTurn = -1;
  /** Requests under way for which the stream was closed. */
  let requests = 0;
  let isReleased = false;
  let badStreams = 0;
  let state = '';

  const isQuiet = (): boolean => document.hidden && !followedStates.includes(state);

  function receive(news: StateNews): void {
    state = news.state;
    listener.onState(news);
  }

  const sayDown = (): void => listener.onConnection(navigator.onLine ? 'away' : 'offline');

  /** Opens the event stream. */
  function stream(): void {
    const mine = turn;
    const openedAt = Date.now();
    const source = new EventSource(`${base}/events`);
    let hasSpoken = false;
    let silence = later(silenceMs, giveUp);
    streamTurn = mine;
    close = () => {
      clearTimeout(silence);
      source.close();
    };

    /** Wraps what to do with one kind of event. Nothing is delivered once the stream is closed. */
    function on(type: string, deliver: (data: string) => void): void {
      listen(source, type, ({ data }) => {
        if (mine !== turn) return;
        hasSpoken = true;
        clearTimeout(silence);
        silence = later(silenceMs, giveUp);
        if (Date.now() - openedAt > goodStreamMs) badStreams = 0;
        listener.onConnection('up');
        deliver(data);
      });
    }

    function giveUp(): void {
      if (mine !== turn) return;
      badStreams += hasSpoken ? 1 : 2;
      switchToPolling(0);
    }

    on('state', (data) => receive(JSON.parse(data) as StateNews));
    on('frame', (data) => listener.onFrame(JSON.parse(data) as FrameNews));
    on('beat', () => {});
    listen(source, 'error', () => {
      if (mine !== turn) return;
      // A stream that was cut soon would be cut soon again.
      if (Date.now() - openedAt < silenceMs) badStreams += 1;
      switchToPolling(Math.random() * spreadMs);
    });
  }

  function switchToPolling(afterMs: number): void {
    end();
    const timer = later(afterMs, poll);
    close = () => clearTimeout(timer);
  }

  /** Polls until the feed stops, or until the server answers and streams are worth another attempt. */
  async function poll(): Promise<void> {
    const mine = turn;
    const aborted = new AbortController();
    close = () => aborted.abort();
    let isFirst = true;
    while (mine === turn) {
      const wait = isFirst || isQuiet() ? 0 : waitSeconds;
      const askedAt = Date.now();
      const warning = isFirst ? later(firstAnswerMs, sayDown) : 0;
      const answer = await request<StateNews & Partial<FrameNews>>(
        'GET',
        `${base}/ticket?wait=${wait}&seen=${isFirst ? '' : state}`,
        { signal: aborted.signal, patienceMs: wait * 1000 + pollMarginMs, keepsStream: true },
      );
      clearTimeout(warning);
      if (mine !== turn) return;
      const mustDeliver = isFirst;
      isFirst = false;
      if (!answer.ok && answer.status === 404) return listener.onGone();
      if (!answer.ok) {
        if (answer.status === 0 || answer.status >= 500) sayDown();
        await pause(retryMs);
        continue;
      }
      listener.onConnection('up');
      if (isOver(answer.body)) return;
      run(() => deliver(answer.body, mustDeliver));
      if (mine !== turn) return;
      if (isQuiet()) await pause(hiddenPollMs);
      else if (badStreams < maxBadStreams) return restart();
      else await pause(Math.max(askedAt + paceMs - Date.now(), 0));
    }
  }

  /** A hidden page does not renew an expired code. It asks again when somebody looks at it. */
  const isOver = (news: StateNews): boolean =>
    isQuiet() && news.state !== 'pending' && !followedStates.includes(news.state);

  /** `isFirst`: the state is delivered even if it has not changed, as a new stream does. */
  function deliver({ qr, user_code, ...news }: StateNews & Partial<FrameNews>, isFirst: boolean): void {
    if (isFirst || news.state !== state) receive(news);
    if (qr && user_code) listener.onFrame({ qr, user_code, expires_at: news.expires_at });
  }

  function end(): void {
    turn += 1;
    close();
    close = () => {};
  }

  function restart(): void {
    end();
    isWanted = true;
    isReleased = false;
    if (isQuiet() || badStreams >= maxBadStreams) run(poll);
    else stream();
  }

  function stop(): void {
    isWanted = false;
    isReleased = false;
    end();
  }

  listen(document, 'visibilitychange', () => {
    if (isWanted && !(document.hidden && followedStates.includes(state))) restart();
  });
  listen(window, 'online', () => (isWanted ? restart() : null));
  listen(window, 'offline', () => (isWanted ? sayDown() : null));
  releaseBeforeRequests(() => {
    requests += 1;
    if (streamTurn === turn) {
      end();
      isReleased = true;
    }
    return () => {
      requests -= 1;
      if (requests === 0 && isReleased) restart();
    };
  });

  return { start: restart, stop };
}
