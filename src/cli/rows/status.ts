// `tessera status`: the figures of the console's overview.
// It reads counters of the store only, so it costs a running provider nothing.
import { defineCommand } from '../command.ts';
import { json, onMachine } from '../common-options.ts';

export const statusRows = [
  defineCommand({
    name: 'status',
    sentence: 'Print how many QR codes were shown, scanned and approved: now, in 24 hours and in 30 days.',
    options: [json, ...onMachine],
    examples: ['status', 'status --json'],
    place: 'machine',
    async run(values, { clock }) {
      const { withStatistics } = await import('../desks.ts');
      const { showStatus } = await import('../status.ts');
      return withStatistics(values, ({ store, config }) => showStatus(store, config, clock, values));
    },
  }),
];
