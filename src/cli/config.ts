// What `tessera config apply`, `config check` and `config reference` do. `config init` is in init.ts.
import { writeFile } from 'node:fs/promises';
import { problemsOfConfiguredClients } from '../app/client-judging.ts';
import { loadAdministrator } from '../app/first-administrator.ts';
import { recordApplied } from '../app/oidc-events.ts';
import type { Clock } from '../clock.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { referenceYaml, schemaJson } from '../config/reference.ts';
import type { Audit } from '../core/audit/audit.ts';
import { applyClients, compareClients, type Difference } from '../core/client/apply.ts';
import { toClient } from '../core/client/client-entry.ts';
import type { ClientStore } from '../core/client/client-store.ts';

import type { Table } from './output.ts';
import { type ConfigValues, configOf, secretsOf } from './parts.ts';

type Values = { readonly json: boolean; readonly 'dry-run': boolean };
type CheckDeps = { readonly clock: Clock; readonly env: NodeJS.ProcessEnv };

/** What `config apply` compares and changes. */
export type ApplyDeps = {
  readonly clients: ClientStore;
  readonly config: Config;
  readonly clock: Clock;
  readonly audit: Audit;
};

/** `config apply`: does to the store's clients what the next start would do, or only shows it. */
export async function applyConfig(
  { clients, config, clock, audit }: ApplyDeps,
  values: Values,
): Promise<string | Table> {
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
  return values.json ? JSON.stringify(toJson(difference, values)) : toTable(difference, values['dry-run']);
}

/** Published: the members keep their names. */
const toJson = ({ changed, ...difference }: Difference, values: Values) => ({
  dry_run: values['dry-run'],
  ...difference,
  changed: changed.map(({ id, fields }) => ({ client_id: id, fields })),
});

/** One line per client that changes, and the number of those that do not. */
function toTable({ created, changed, disabled, gone, unchanged }: Difference, isDry: boolean): Table {
  const rows = [
    ...created.map((id) => ['created', id]),
    ...changed.map(({ id, fields }) => ['changed', id, fields.join(', ')]),
    ...disabled.map((id) => ['disabled', id]),
    ...gone.map((id) => ['gone', id, 'stays usable; clients_prune: true disables it']),
    ['unchanged', String(unchanged)],
  ];
  const note = isDry
    ? 'Nothing was written: --dry-run.'
    : 'Running nodes keep the clients they started with. Restart them for what changed.';
  return { headers: ['CHANGE', 'CLIENT', 'SETTINGS'], rows, none: '', note };
}

/**
 * `config check`: whether the configuration, the secrets and the clients can start a provider.
 * @throws ConfigError with every problem
 */
export async function checkConfig(values: ConfigValues, { clock, env }: CheckDeps): Promise<string> {
  const config = await configOf(values);
  // In development the first start makes the secrets. A check must not make any.
  if (config.environment === 'production') secretsOf(values, config);
  loadAdministrator(env);
  const problems = await problemsOfConfiguredClients(config, clock);
  if (problems.length > 0) throw new ConfigError(problems);
  return `The configuration is good: ${config.issuer}, ${config.store.kind}, ${config.clients.length} clients.`;
}

/**
 * `config reference`: prints the generated reference, or writes it and the JSON Schema into this
 * checkout.
 */
export async function showReference({ write }: { readonly write: boolean }): Promise<string> {
  if (!write) return referenceYaml();
  await writeFile(new URL('../../config/reference.yaml', import.meta.url), referenceYaml());
  await writeFile(new URL('../../config/schema.json', import.meta.url), schemaJson());
  return 'Wrote config/reference.yaml and config/schema.json.';
}
