// News of the ticket (protocol.md 3): a server-sent stream, or long polling where something on the way cuts streams. Stops while nobody
// sees the page. Every reconnect brings the present state, so nothing is lost.
import { request } from './api.ts';

export type TicketState = 'pending' | 'scanned' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'consumed';
export type StateNews = {
  state: TicketState;
  needs: 'confirmation_code' | null;
  expires_at: number;
  renews?: boolean;
  /** To be chosen on the phone that was asked. */
  number?: string;
};
export type FrameNews = { qr: string; user_code: string; expires_at: number };

export type FeedListener = {
  onState(news: StateNews): void;
  onFrame(news: FrameNews): void;
  onConnection(isUp: boolean): void;
  /** The interaction is over or not ours: no use asking again. */
  onGone(): void;
};

/** Failures to connect in a row after which the stream is given up for polling. */
const patience = 2;
const waitSeconds = 25;
/** A picture may not be held back for long: it must be fresh when it is scanned. */
const pictureSeconds = 5;

export type TicketFeed = ReturnType<typeof createTicketFeed>;

export function createTicketFeed(base: string, listener: FeedListener) {
  let stop: () => void = () => {};

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
      if (failures < patience && stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      stop = poll();
    });
    return () => stream.close();
  }

  function poll(): () => void {
    const aborted = new AbortController();
    void askAgainAndAgain(aborted.signal);
    return () => aborted.abort();
  }

  async function askAgainAndAgain(signal: AbortSignal): Promise<void> {
    let seen = '';
    while (!signal.aborted) {
      const wait = seen === 'pending' ? pictureSeconds : waitSeconds;
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
