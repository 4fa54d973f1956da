// Brings the clients of the configuration into the store at start, and records every change in the audit
// trail.

import type { Clock } from '../clock.ts';
import type { Audit } from '../core/audit/audit.ts';
import { applyClients } from '../core/client/apply.ts';
import type { Client } from '../core/client/client.ts';
import type { ClientStore } from '../core/client/client-store.ts';
import type { Log } from '../log.ts';
import { recordApplied } from './oidc-events.ts';

export type ConfiguredClientsDeps = {
  readonly store: ClientStore;
  /** The clients that the configuration defines now. */
  readonly configured: readonly Client[];
  /** Disables clients that an earlier configuration defined and this one does not. */
  readonly isPruning: boolean;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Applies the configuration's clients to the store.
 * @returns by client id: epoch seconds since when the store has had it, which may be long before this process
 */
export async function recordConfigured(deps: ConfiguredClientsDeps): Promise<ReadonlyMap<string, number>> {
  const { store, configured, audit, clock, log } = deps;
  const applied = await applyClients({ ...deps, record: recordApplied(audit) });
  if (applied.unchanged < configured.length || applied.disabled.length > 0) log.info(applied, 'clients applied');
  const since = new Map<string, number>();
  for (const { id } of configured) since.set(id, (await store.find(id))?.createdAt ?? clock());
  return since;
}
