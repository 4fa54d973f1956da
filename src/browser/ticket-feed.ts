// Receives the state of the ticket (protocol.md 3) by server-sent events, or by long polling where a proxy
// breaks streams. It pauses while the page is hidden. Each new connection starts with the current state, so
// a missed event costs a delay and nothing else.
import { request } from './api.ts';

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
  /** The number that the person must choose on the phone that was asked. */
  number?: string;
};
/**
 * The `frame` event. `qr`: the link in the QR code; `expires_at`: when the ticket expires, in epoch seconds.
 */
export type FrameNews = { qr: string; user_code: string; expires_at: number };

/** Callbacks of a feed. States can repeat, and none is delivered after `stop`. */
export type FeedListener = {
  onState(news: StateNews): void;
  onFrame(news: FrameNews): void;
  /** `isUp` false: the browser is offline. */
  onConnection(isUp: boolean): void;
  /** The server does not know the interaction (any more). The feed has ended. */
  onGone(): void;
};

/** After this many failed connections in a row, the feed switches to polling. */
const maxStreamFailures = 2;
/** How long the server may hold a poll until the state changes. */
const waitSeconds = 25;
/**
 * The same while a QR code is shown. Short, because a response brings the next frame, which expires quickly.
 */
const frameWaitSeconds = 5;

/**
 * Creates a feed, which is stopped at first. It stops and starts by itself with the visibility of the page.
 *
 * @param base path of the interaction, `/interaction/<uid>`
 */
export function createTicketFeed(base: string, listener: FeedListener) {
  let stop: () => void = () => {};

  /** Opens the event stream. Returns the function that closes it. */
  function listen(): () => void {
    const stream = new EventSource(`${base}/events`);
    let failures = 0;
    stream.addEventListener('open', () => {
      failures = 0;
      listener.onConnection(true);
    });
    stream.addEventListener('state', ({ data }) => listener.onState(JSON.parse(data)));
    stream.addEventListener('frame', ({ data }) => listener.onFrame(JSON.parse(data)));
    stream.addEventListener('error', () => {
      failures += 1;
      listener.onConnection(navigator.onLine);
      if (failures < maxStreamFailures && stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      stop = poll();
    });
    return () => stream.close();
  }

  /** Starts polling. Returns the function that ends it. */
  function poll(): () => void {
    const aborted = new AbortController();
    void pollUntil(aborted.signal);
    return () => aborted.abort();
  }

  async function pollUntil(signal: AbortSignal): Promise<void> {
    let seen = '';
    while (!signal.aborted) {
      const wait = seen === 'pending' ? frameWaitSeconds : waitSeconds;
      const answer = await request<StateNews & Partial<FrameNews>>('GET', `${base}/ticket?wait=${wait}&seen=${seen}`, {
        signal,
      });
      if (signal.aborted) return;
      if (!answer.ok && answer.status === 404) return listener.onGone();
      listener.onConnection(answer.ok || navigator.onLine);
      if (!answer.ok) await pause(2000);
      else {
        const { qr, user_code, ...state } = answer.body;
        if (state.state !== seen) listener.onState(state);
        if (qr && user_code) listener.onFrame({ qr, user_code, expires_at: state.expires_at });
        seen = state.state;
      }
    }
  }

  const feed = {
    /** Starts or restarts the stream. A new stream is tried even after the feed has switched to polling. */
    start(): void {
      stop();
      stop = listen();
    },
    stop: (): void => stop(),
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? feed.stop() : feed.start()));
  window.addEventListener('online', feed.start);
  return feed;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
