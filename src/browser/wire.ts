// The only place where a page opens a connection to the server, besides the event stream (ticket-feed.ts).
// Every exchange ends: with an answer, or after a time without one. api.ts gives answers their meaning.
import { noteRequestId } from './handlers.ts';
import { serverClock } from './server-clock.ts';

/** A whole answer of the server. */
export type Reply = { readonly status: number; readonly text: string };
type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE';

/**
 * A request without an answer ends after this time, its body included. Long polls have a time of their own.
 */
const patienceMs = 10_000;

/**
 * Closes the page's event stream before a request, and returns the function that opens it again. Over
 * HTTP/1.1 a browser has six connections to a server, so six windows with a stream leave none for a request.
 */
let release: () => () => void = () => () => {};
export const releaseBeforeRequests = (closeStream: () => () => void): void => {
  release = closeStream;
};

export type Exchange = {
  readonly headers?: Headers;
  readonly body?: string | URLSearchParams;
  readonly signal?: AbortSignal;
  /** In milliseconds. */
  readonly patienceMs?: number;
  /** True: a request of the stream itself, which does not close it. */
  readonly keepsStream?: boolean;
};

/** Sends one request. Resolves with null when no whole answer arrived in time, or `signal` ended it. */
export async function exchange(method: Method, path: string, options: Exchange = {}): Promise<Reply | null> {
  const { signal, headers, body } = options;
  const stop = new AbortController();
  const end = () => stop.abort();
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  const timer = setTimeout(end, options.patienceMs ?? patienceMs);
  const reopen = options.keepsStream ? null : release();
  // A browser may be slow to abort, for example behind a service worker, so the page does not wait for it.
  const ended = new Promise<null>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(null));
    if (stop.signal.aborted) resolve(null);
  });
  try {
    return await Promise.race([
      ended,
      send(path, {
        method,
        signal: stop.signal,
        cache: 'no-store',
        ...(headers && { headers }),
        ...(body && { body }),
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    reopen?.();
  }
}

async function send(path: string, init: RequestInit): Promise<Reply | null> {
  const sentAtMs = Date.now();
  try {
    // A redirect leads to a page, and no caller expects one.
    const response = await fetch(path, { ...init, redirect: 'error' });
    serverClock.measure(response.headers.get('Date'), sentAtMs);
    noteRequestId(response.headers.get('X-Request-Id'));
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

/**
 * Uploads a file by POST. `fetch` does not report the progress of an upload, so this is an XMLHttpRequest
 * (XHR §4). It ends after 10 seconds in which nothing was sent and nothing was received.
 */
export function upload(path: string, file: Blob, headers: Headers): Promise<Reply | null> {
  const reopen = release();
  const sentAtMs = Date.now();
  const sending = new XMLHttpRequest();
  return new Promise<Reply | null>((resolve) => {
    let timer = 0;
    const waitAgain = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => sending.abort(), patienceMs);
    };
    sending.upload.onprogress = waitAgain;
    sending.onprogress = waitAgain;
    sending.onload = () => {
      serverClock.measure(sending.getResponseHeader('Date'), sentAtMs);
      noteRequestId(sending.getResponseHeader('X-Request-Id'));
      resolve({ status: sending.status, text: sending.responseText });
    };
    // `loadend` follows every ending. After `load` the promise has its value already.
    sending.onloadend = () => {
      clearTimeout(timer);
      reopen();
      resolve(null);
    };
    sending.open('POST', path);
    for (const [name, value] of headers) sending.setRequestHeader(name, value);
    waitAgain();
    sending.send(file);
  });
}
