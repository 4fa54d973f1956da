// The composition root: takes a configuration and secrets, returns a provider that can listen and close.
// src/app/ does the wiring; this file starts what runs in the background and stops it in order.
import { recordConfigured } from './app/configured-clients.ts';
import { createHttp } from './app/http.ts';
import { openParts } from './app/parts.ts';
import { demoAccount } from './app/settings.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Secrets } from './config/secrets.ts';
import type { Hashing } from './core/account/hashing.ts';
import { createDoor } from './http/kit/door.ts';
import { answers } from './http/kit/health.ts';
import { createLog, type Log } from './log.ts';

export type App = Awaited<ReturnType<typeof openApp>>;

export type AppOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  /** Epoch seconds; by default the system's clock. */
  readonly clock?: Clock;
  readonly log?: Log;
  /**
   * Certificate and key (PEM) to serve HTTPS itself, for development on a LAN. In production a reverse
   * proxy does.
   */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Hashes passwords; by default a child process does. */
  readonly hashing?: Hashing;
};

/**
 * Opens the store, applies the configuration's clients and demo accounts, and starts the background work.
 * Requests are served after `listen()`.
 * @throws ConfigError, also when the encryption key is not the one that sealed the store;
 * StoreUnavailableError
 */
export async function openApp(options: AppOptions) {
  const { config, secrets, clock = systemClock, log = createLog(config), tls, hashing = null } = options;
  const parts = await openParts({ config, secrets, clock, log, hashing });
  const { store, accounts, audit, oidc, figures, logouts, mails, places, pushes } = parts;
  let isDraining = false;
  const isReady = async () => !isDraining && (await answers(store.ping()));
  const { listener, screens } = createHttp(parts, isReady);
  const door = createDoor({ listener, http: config.http, tls });

  const isPruning = config.clients_prune;
  const configured = { store: store.clients, configured: parts.ofConfiguration, isPruning, audit, clock, log };
  for (const [id, since] of await recordConfigured(configured)) parts.recordedSince.set(id, since);
  await accounts.ensureDemo(config.demo.accounts.map(demoAccount));
  logouts.start();
  mails.start();
  figures.start();
  await places.start();

  return {
    ...parts,
    /** Our own routes, for tests and documents; those of oidc-provider are not among them. */
    routes: listener.routes,

    listen: door.listen,

    /**
     * Reports not ready, asks open streams to reconnect elsewhere, finishes requests and messages under
     * way, and closes the store; takes at most 10 s. Safe to call twice.
     */
    async close(): Promise<void> {
      if (isDraining) return;
      isDraining = true;
      screens.close();
      oidc.close();
      const { providedLogos } = parts;
      await Promise.all([
        door.drain(),
        parts.finish(),
        logouts.stop(),
        mails.stop(),
        pushes.stop(),
        providedLogos.stop(),
      ]);
      places.stop();
      await figures.stop();
      parts.hashingProcess.close();
      await store.close();
    },
  };
}
