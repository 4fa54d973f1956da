// Logos that apps provide themselves: the picture behind the `logo_uri` of a client that registered itself
// (RFC 7591 §2) is fetched once, after the registration or the change was answered. It is then judged, stored
// and served as an upload is (logos.ts). No page ever makes a fetch, and no registration fails by one.
import { AppError } from '../../errors.ts';
import { type Client, ClientError } from './client.ts';
import type { Clients } from './clients.ts';
import { maxLogoBytes } from './logo.ts';
import { type Logos, wantsLogoFrom } from './logos.ts';
import type { FetchedPicture, PictureFetch } from './picture-fetch.ts';

export type ProvidedLogosDeps = {
  readonly clients: Clients;
  readonly logos: Logos;
  readonly fetchPicture: PictureFetch;
  /** Counts one fetch of the client. @throws AppError `rate_limited` */
  readonly countFetch: (clientId: string) => Promise<void>;
  /** Records the new logo. `before` is the hash of the previous one. */
  readonly onProvided: (client: Client, before: string | null) => Promise<void>;
  /** Records why there is no logo. */
  readonly onRefused: (refusal: LogoRefusal) => Promise<void>;
  /** Called when a refusal could not be recorded. Must not throw. */
  readonly onError: (error: unknown) => void;
};
export type ProvidedLogos = ReturnType<typeof createProvidedLogos>;

/**
 * `reason`: a code of ClientError (`logo_unsafe`), `rate_limited`, `address_inside`, `no_answer`, `busy`,
 * `stopped`, `HTTP 404`, or a code of the network (`ECONNREFUSED`).
 */
export type LogoRefusal = { readonly clientId: string; readonly uri: string; readonly reason: string };

/** Fetches that this process makes at once, over all clients. */
const maxAtOnce = 4;
/** Fetches that wait for one of those. Further ones are refused as `busy`. */
const maxWaiting = 200;
/** Time limit of one fetch with everything in it, in milliseconds. */
const patienceMs = 10_000;

export function createProvidedLogos(deps: ProvidedLogosDeps) {
  const { clients, logos } = deps;
  /** `logo_uri` by client id, in the order of arrival. A later wish of a client replaces its earlier one. */
  const waiting = new Map<string, string>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  let running = 0;

  /** Lets `work` finish before `stop` returns. */
  function follow(work: Promise<void>): void {
    const followed: Promise<void> = work.catch(deps.onError).finally(() => underWay.delete(followed));
    underWay.add(followed);
  }

  function startNext(): void {
    for (const [clientId, uri] of waiting) {
      if (running >= maxAtOnce) return;
      waiting.delete(clientId);
      running++;
      follow(
        provide(clientId, uri).finally(() => {
          running--;
          startNext();
        }),
      );
    }
  }

  /** Fetches and sets the logo, unless the client is gone or wants another one by now. */
  async function provide(clientId: string, uri: string): Promise<void> {
    // The caller records the registration first, so that the audit trail has both in their order.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      if (!wantsLogoFrom(await clients.findAny(clientId), uri)) return;
      await deps.countFetch(clientId);
      const picture = await fetchPicture(uri);
      const { client, before } = await logos.provide(clientId, uri, picture);
      await deps.onProvided(client, before?.hash ?? null);
    } catch (error) {
      if (isOvertaken(error)) return;
      await deps.onRefused({ clientId, uri, reason: closing.signal.aborted ? 'stopped' : reasonOf(error) });
    }
  }

  async function fetchPicture(uri: string): Promise<FetchedPicture> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(patienceMs)]);
    const picture = await deps.fetchPicture(new URL(uri), { maxBytes: maxLogoBytes, signal });
    if (picture.status !== 200) throw new AppError(`HTTP ${picture.status}`, 'The address has no picture.');
    return picture;
  }

  return {
    /**
     * Fetches the client's logo when its turn comes. Returns at once and never throws. Called after a
     * registration and after a change of `logo_uri`; an administrator's upload is never replaced.
     */
    want(client: Client): void {
      const { id, metadata } = client;
      const uri = metadata.logo_uri;
      waiting.delete(id);
      if (typeof uri !== 'string' || !wantsLogoFrom(client, uri)) return;
      const obstacle = closing.signal.aborted ? 'stopped' : waiting.size >= maxWaiting ? 'busy' : null;
      if (obstacle !== null) {
        follow(deps.onRefused({ clientId: id, uri, reason: obstacle }));
        return;
      }
      waiting.set(id, uri);
      startNext();
    },

    /** Aborts running fetches, records those that wait as `stopped`, and waits for the records. */
    async stop(): Promise<void> {
      closing.abort();
      const left = [...waiting];
      waiting.clear();
      for (const [clientId, uri] of left) follow(deps.onRefused({ clientId, uri, reason: 'stopped' }));
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** The client was changed or deleted during the fetch, so nobody misses this picture. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof ClientError && (error.code === 'client_changed' || error.code === 'client_not_found');

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no_answer';
  const code = 'code' in error ? String(error.code) : error.name;
  return code === 'ERR_ADDRESS_INSIDE' ? 'address_inside' : code;
}
