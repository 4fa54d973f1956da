// `tessera start`: runs the provider. `node src/main.ts` is the same command.
// Its errors are printed by ../../app/process.ts, which also sets the exit code.
import { defineCommand, flag, text } from '../command.ts';
import { config } from '../common-options.ts';

export const startRows = [
  defineCommand({
    name: 'start',
    sentence: 'Run the provider until SIGINT or SIGTERM.',
    details: 'A change of the configuration needs a new start.',
    options: [
      config,
      flag('lan', 'Serve HTTPS on this machine’s LAN address, to try a real phone. Development only.'),
      text('lan-address', 'IP', 'The IPv4 address to use with --lan, on a machine with several.'),
    ],
    examples: ['start', 'start --config /etc/tessera.yaml', 'start --lan'],
    place: 'anywhere',
    async run(values) {
      const { startProcess } = await import('../../app/process.ts');
      await startProcess(values);
      return undefined;
    },
  }),
];
