// `tessera config …`: writes, checks and applies the configuration.
// `config check` and `config reference` open no store, so they ignore TESSERA_REMOTE.
import { defineCommand, flag, text } from '../command.ts';
import { config, json, onMachine } from '../common-options.ts';

/**
 * `check`, `reference` and `init` work without a store. `apply` opens it and changes clients as a start does.
 */
export const configRows = [
  defineCommand({
    name: 'config init',
    sentence: 'Write a small tessera.yaml into the current folder.',
    details: 'Commands that run in this folder then use it. A file that exists is not overwritten.',
    options: [text('issuer', 'URL', 'The public address of the provider. Default: http://localhost:3000.')],
    examples: ['config init', 'config init --issuer https://login.example.com'],
    place: 'anywhere',
    run: async (values) => (await import('../init.ts')).initConfig(values),
  }),
  defineCommand({
    name: 'config check',
    sentence: 'Check whether the configuration and the secrets can start a provider.',
    details: 'Reports every problem at once. Nothing is changed.',
    options: [config],
    examples: ['config check', 'config check --config /etc/tessera.yaml'],
    place: 'anywhere',
    run: async (values, { clock, env }) => (await import('../config.ts')).checkConfig(values, { clock, env }),
  }),
  defineCommand({
    name: 'config reference',
    sentence: 'Print every setting with its default, unit and meaning, as YAML.',
    options: [flag('write', 'Write config/reference.yaml and config/schema.json of this checkout instead.')],
    examples: ['config reference'],
    place: 'anywhere',
    run: async (values) => (await import('../config.ts')).showReference(values),
  }),
  defineCommand({
    name: 'config apply',
    sentence: 'Bring the clients of the configuration into the store, as every start does.',
    // Not `destroys`: a client that is disabled here can be enabled again.
    details:
      'Clients that left the configuration are disabled only with clients_prune: true, and can be enabled again.',
    options: [flag('dry-run', 'Only show what would be created, changed and disabled.'), json, ...onMachine],
    examples: ['config apply --dry-run', 'config apply'],
    place: 'machine',
    async run(values) {
      const { withConfiguredClients } = await import('../desks.ts');
      const { applyConfig } = await import('../config.ts');
      return withConfiguredClients(values, (deps) => applyConfig(deps, values));
    },
  }),
];
