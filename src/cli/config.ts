// `tessera config apply`: what the next start would do to the store's clients, done or only shown.
import { recordApplied } from '../app/oidc-events.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Audit } from '../core/audit/audit.ts';
import { applyClients, compareClients, type Difference } from '../core/client/apply.ts';
import { toClient } from '../core/client/client-entry.ts';
import type { ClientStore } from '../core/client/client-store.ts';

type Values = { readonly json: boolean; readonly 'dry-run': boolean };

type Deps = { readonly clients: ClientStore; readonly config: Config; readonly clock: Clock; readonly audit: Audit };

/** @returns what is printed */
export async function applyConfig({ clients, config, clock, audit }: Deps, values: Values): Promise<string> {
  const configured = config.clients.map((entry) => toClient(entry, clock()));
  const deps = {
    store: clients,
    configured,
    isPruning: config.clients_prune,
    clock,
    record: recordApplied(audit),
  };
  const planned = await compareClients(deps);
  const difference = values['dry-run'] ? planned : { ...(await applyClients(deps)), gone: planned.gone };
  return values.json ? JSON.stringify(toJson(difference, values)) : toText(difference, values);
}

const toJson = ({ changed, ...difference }: Difference, values: Values) => ({
  dry_run: values['dry-run'],
  ...difference,
  changed: changed.map(({ id, fields }) => ({ client_id: id, fields })),
});

const toText = ({ created, changed, disabled, gone, unchanged }: Difference, values: Values): string =>
  [
    ...created.map((id) => `created\t${id}`),
    ...changed.map(({ id, fields }) => `changed\t${id}\t${fields.join(', ')}`),
    ...disabled.map((id) => `disabled\t${id}`),
    ...gone.map((id) => `gone\t${id}\tstays usable; clients_prune: true switches it off`),
    `unchanged\t${unchanged}`,
    values['dry-run']
      ? 'Nothing was written: --dry-run.'
      : 'Nodes that run keep the clients they started with; restart them for what changed.',
  ].join('\n');
