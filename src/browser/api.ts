// Sends requests to our own server: JSON or a form out, JSON or a problem document (RFC 9457) in.
// A refusal is a returned value and not an exception.
import { signProof } from './device-key.ts';

/** The members of a problem document that scripts read. `retry_after` counts seconds. */
export type Problem = { readonly code: string; readonly tries_left?: number; readonly retry_after?: number };
/** The result of a request. `body` is null when the response is empty. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

/**
 * Sends one request. An unreachable server, or an aborted request, returns status 0 and the code
 * `temporarily_unavailable`.
 *
 * @param path of our origin; the DPoP proof covers it without its query
 * @param options.body an object is sent as JSON, a FormData as a URL-encoded form
 * @param options.proved true: adds a DPoP proof of the device key (RFC 9449)
 * @throws DOMException only with `proved`, when the browser stores no keys
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, proved = false, signal }: { body?: object; proved?: boolean; signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  const headers = new Headers({ Accept: 'application/json' });
  const isForm = body instanceof FormData;
  if (body && !isForm) headers.set('Content-Type', 'application/json');
  if (proved) headers.set('DPoP', await signProof({ method, url: `${location.origin}${path.split('?')[0]}` }));
  const sent = isForm ? new URLSearchParams(fieldsOf(body)) : body && JSON.stringify(body);
  try {
    const response = await fetch(path, { method, headers, ...(sent && { body: sent }), ...(signal && { signal }) });
    const text = await response.text();
    if (response.ok) return { ok: true, body: (text ? JSON.parse(text) : null) as T };
    return { ok: false, status: response.status, problem: problemIn(text) };
  } catch {
    return { ok: false, status: 0, problem: { code: 'temporarily_unavailable' } };
  }
}

const fieldsOf = (form: FormData): [string, string][] => [...form].map(([name, value]) => [name, String(value)]);

/**
 * Parses a problem document. A response of something else (a proxy, for example) becomes `internal_error`.
 */
function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { code: 'internal_error' };
  }
}
