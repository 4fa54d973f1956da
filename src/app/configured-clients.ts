// The clients of the configuration, brought into the store at start.

import type { Clock } from '../clock.ts';
import type { Audit } from '../core/audit/audit.ts';
import { applyClients } from '../core/client/apply.ts';
import type { Client } from '../core/client/client.ts';
import type { ClientStore } from '../core/client/client-store.ts';
import type { Log } from '../log.ts';
import { recordApplied } from './oidc-events.ts';

export type ConfiguredClientsDeps = {
  readonly store: ClientStore;
  readonly configured: readonly Client[];
  readonly isPruning: boolean;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
};

/** @returns since when each of them has been recorded, which may be long before this process */
export async function recordConfigured(deps: ConfiguredClientsDeps): Promise<ReadonlyMap<string, number>> {
  const { store, configured, audit, clock, log } = deps;
  const applied = await applyClients({ ...deps, record: recordApplied(audit) });
  if (applied.unchanged < configured.length || applied.disabled.length > 0) log.info(applied, 'clients applied');
  const since = new Map<string, number>();
  for (const { id } of configured) since.set(id, (await store.find(id))?.createdAt ?? clock());
  return since;
}
