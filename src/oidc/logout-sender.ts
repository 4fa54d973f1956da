// Logout tokens (OpenID Connect Back-Channel Logout 1.0): made and sent by the library, but when our queue says so. What the library
// would send on its own, while a person waits for signing out, goes into the queue instead (security.md A20).
import { AsyncLocalStorage } from 'node:async_hooks';
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { LogoutNotice, Outcome } from '../core/logout/logout.ts';

/** Public in the library's documentation of back-channel logout, missing from its types. */
type Prototype = { backchannelLogout(this: Client, accountId: string, sid: string): Promise<void> };

/** Says that a request is a try of ours, and when to break it off. */
const tryUnderWay = new AsyncLocalStorage<AbortSignal>();

/** Shown to administrators, and the relying party wrote part of it. */
const longestError = 200;
const longestBodyBytes = 4096;

export function createLogoutSender(provider: Provider, enqueue: (notice: LogoutNotice) => Promise<void>) {
  const prototype = provider.Client.prototype as unknown as Prototype;
  const send = prototype.backchannelLogout;
  prototype.backchannelLogout = function enqueueInstead(accountId, sid) {
    return enqueue({ clientId: this.clientId, accountId, sid });
  };

  /** One try: makes a fresh token, sends it, judges the answer (§2.5, §2.8). Never throws. */
  return async ({ clientId, accountId, sid }: LogoutNotice, signal: AbortSignal): Promise<Outcome> => {
    try {
      const client = await provider.Client.find(clientId);
      if (!client?.backchannelLogoutUri) return { kind: 'refused', error: 'no back-channel logout URI is registered' };
      await tryUnderWay.run(signal, () => send.call(client, accountId, sid));
      return { kind: 'delivered' };
    } catch (error) {
      return outcomeOf(error);
    }
  };
}

/**
 * `fetch` of the library: no redirect is followed, which would lead from an address that was judged to one that was not (security.md E5);
 * for logouts, our own patience instead of its, and no answer is read that nobody needs.
 */
export async function fetchForLibrary(url: string | URL | Request, options?: RequestInit): Promise<Response> {
  const signal = tryUnderWay.getStore();
  // Making the token may fetch as well, such as a client's keys.
  if (!signal || options?.method !== 'POST') return fetch(url, { redirect: 'manual', ...options });
  const response = await fetch(url, { ...options, signal });
  // Read to its end or not, the connection is free again.
  if (response.status !== 400) await response.body?.cancel();
  return response;
}

async function outcomeOf(error: unknown): Promise<Outcome> {
  const response = error instanceof Error && 'response' in error ? error.response : null;
  if (!(response instanceof Response)) return { kind: 'failed', error: reasonOf(error) };
  if (response.status !== 400) return { kind: 'failed', error: `HTTP ${response.status}` };
  return { kind: 'refused', error: printable(`HTTP 400 ${await refusalOf(response)}`) };
}

/** §2.8: `error` and `error_description` in JSON. */
async function refusalOf(response: Response): Promise<string> {
  try {
    const { error, error_description: description } = JSON.parse(await beginningOf(response));
    return [error, description].filter((part) => typeof part === 'string').join(': ');
  } catch {
    return '';
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > longestBodyBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error.name === 'AbortError') return 'broken off, the provider was closing';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  return printable(code ?? (cause instanceof Error ? cause.message : error.message));
}

const printable = (text: string): string =>
  text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, longestError);
