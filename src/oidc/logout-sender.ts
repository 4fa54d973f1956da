// Sends logout tokens (OpenID Connect Back-Channel Logout 1.0). The library makes and sends them, but only
// when our queue says so. What it would send while a person waits for signing out goes into the queue
// instead (security.md A20).
import { AsyncLocalStorage } from 'node:async_hooks';
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { LogoutNotice, Outcome } from '../core/logout/logout.ts';

/** Documented by the library for back-channel logout, but missing from its types. */
type Prototype = { backchannelLogout(this: Client, accountId: string, sid: string): Promise<void> };

/** Marks a request as an attempt of the queue, and carries the signal that aborts it. */
const tryUnderWay = new AsyncLocalStorage<AbortSignal>();

/** Characters of an error that administrators see. The relying party wrote part of it. */
const maxErrorLength = 200;
const maxBodyBytes = 4096;

export function createLogoutSender(provider: Provider, enqueue: (notice: LogoutNotice) => Promise<void>) {
  const prototype = provider.Client.prototype as unknown as Prototype;
  const send = prototype.backchannelLogout;
  prototype.backchannelLogout = function enqueueInstead(accountId, sid) {
    return enqueue({ clientId: this.clientId, accountId, sid });
  };

  /** One attempt: makes a fresh token, sends it and judges the answer (§2.5, §2.8). Never throws. */
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
 * `fetch` for the library. It follows no redirect, since the target could be a private address
 * (security.md E5). A logout has our own time limit, and its answer is read only where it matters.
 */
export async function fetchForLibrary(url: string | URL | Request, options?: RequestInit): Promise<Response> {
  const signal = tryUnderWay.getStore();
  // Making the token may fetch as well, such as the client's keys.
  if (!signal || options?.method !== 'POST') return fetch(url, { redirect: 'manual', ...options });
  const response = await fetch(url, { ...options, signal });
  // The connection must be free again, whether the body is read or not.
  if (response.status !== 400) await response.body?.cancel();
  return response;
}

async function outcomeOf(error: unknown): Promise<Outcome> {
  const response = error instanceof Error && 'response' in error ? error.response : null;
  if (!(response instanceof Response)) return { kind: 'failed', error: reasonOf(error) };
  if (response.status !== 400) return { kind: 'failed', error: `HTTP ${response.status}` };
  return { kind: 'refused', error: printable(`HTTP 400 ${await refusalOf(response)}`) };
}

/** Reads `error` and `error_description` from a JSON body (§2.8). */
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
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) break;
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
    .slice(0, maxErrorLength);
