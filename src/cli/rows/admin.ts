// `tessera admin …`: how an installation without an administrator gets one.
// The administration API does not offer it: who has the machine may make an administrator, and nobody else.
import { defineCommand, flag } from '../command.ts';
import { json, onMachine } from '../common-options.ts';

export const adminRows = [
  defineCommand({
    name: 'admin link',
    sentence: 'Print a link by which somebody becomes the first administrator within 30 minutes.',
    options: [
      flag('force', 'Although there is an administrator, because none of them can sign in any more.'),
      json,
      ...onMachine,
    ],
    examples: ['admin link', 'admin link --force'],
    place: 'machine',
    async run(values) {
      const { withUseCases } = await import('../parts.ts');
      const { makeAdministratorLink } = await import('../links.ts');
      return withUseCases(values, (useCases) => makeAdministratorLink(useCases, values));
    },
  }),
];
