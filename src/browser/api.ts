// Sends requests to our own server: JSON or a form out, JSON or a problem document (RFC 9457) in.
// A refusal is a returned value and not an exception. wire.ts ends every request in time.

import { signProof } from './device-key.ts';
import { nameOf } from './dom.ts';
import { serverClock } from './server-clock.ts';
import { type Exchange, exchange, type Reply, upload } from './wire.ts';

/** The members of a problem document that scripts read. `retry_after` counts seconds. */
export type Problem = {
  readonly code: string;
  readonly tries_left?: number;
  readonly retry_after?: number;
  /** Epoch seconds, with `device_clock_wrong`. */
  readonly server_time?: number;
};
/** The result of a request. `body` is null when the response is empty. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

type Method = 'GET' | 'POST' | 'DELETE';
type Options = Pick<Exchange, 'signal' | 'patienceMs' | 'keepsStream'> & {
  /** An object is sent as JSON, a FormData as a URL-encoded form. */
  readonly body?: object;
  /** Adds a DPoP proof of the device key (RFC 9449), which covers the path without its query. */
  readonly proved?: boolean;
};

/** The codes of refusals that come from the page itself, with status 0. */
const noAnswer = { ok: false, status: 0, problem: { code: 'no_answer' } } as const;
const noKey = { ok: false, status: 0, problem: { code: 'no_key' } } as const;

/**
 * Sends one request. Never rejects for a reason that the person could do something about: without an answer
 * in time the code is `no_answer`, and in a browser that keeps no keys it is `no_key`, both with status 0.
 */
export async function request<T>(method: Method, path: string, options: Options = {}): Promise<Answer<T>> {
  const { body, proved = false, ...rest } = options;
  const isForm = body instanceof FormData;
  const sent = isForm ? new URLSearchParams(fieldsOf(body)) : body && JSON.stringify(body);
  return withProof<T>(method, path, proved, (headers) => {
    if (body && !isForm) headers.set('Content-Type', 'application/json');
    return exchange(method, path, { ...rest, headers, ...(sent && { body: sent }) });
  });
}

/** Uploads a file by POST with a DPoP proof. @returns as `request` */
export const sendFile = <T>(path: string, file: Blob): Promise<Answer<T>> =>
  withProof<T>('POST', path, true, (headers) => {
    headers.set('Content-Type', file.type);
    return upload(path, file, headers);
  });

/**
 * Sends with a proof if one is needed. A request that was refused because of the phone's clock is sent once
 * more, with a new proof of the server's time.
 */
async function withProof<T>(
  method: Method,
  path: string,
  isProved: boolean,
  send: (headers: Headers) => Promise<Reply | null>,
): Promise<Answer<T>> {
  const attempt = async (): Promise<Answer<T>> => {
    const headers = new Headers({ Accept: 'application/json' });
    if (isProved) headers.set('DPoP', await signProof({ method, url: `${location.origin}${path.split('?')[0]}` }));
    return answerOf<T>(await send(headers));
  };
  try {
    const answer = await attempt();
    if (!isProved || answer.ok || answer.problem.code !== 'device_clock_wrong') return answer;
    if (answer.problem.server_time !== undefined) serverClock.adopt(answer.problem.server_time);
    return await attempt();
  } catch (error) {
    if (nameOf(error) === 'NoKeyError') return noKey;
    throw error;
  }
}

function answerOf<T>(reply: Reply | null): Answer<T> {
  if (!reply) return noAnswer;
  const { status, text } = reply;
  if (status < 200 || status > 299) return { ok: false, status, problem: problemIn(status, text) };
  try {
    return { ok: true, body: (text ? JSON.parse(text) : null) as T };
  } catch {
    // Something between the browser and the server has answered in the server's place.
    return noAnswer;
  }
}

const fieldsOf = (form: FormData): [string, string][] => [...form].map(([name, value]) => [name, String(value)]);

/**
 * Parses a problem document. A response of something else comes from a proxy: with a status of 5xx it could
 * not reach the server, so nobody knows what the server did.
 */
function problemIn(status: number, text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { code: status >= 500 ? 'no_answer' : 'internal_error' };
  }
}
