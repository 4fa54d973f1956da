// Requests to our own server: JSON or a plain form out, JSON or a problem document (RFC 9457) in. Never throws for an answer.
import { signProof } from './device-key.ts';

export type Problem = { readonly code: string; readonly tries_left?: number; readonly retry_after?: number };
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

/** `proved`: signed by the device key (RFC 9449). A server that cannot be reached answers with status 0. */
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

function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { code: 'internal_error' };
  }
}
