// `tessera audit`: the audit trail of this machine's store or of a provider elsewhere.
// Records are written page by page, so that a long trail needs little memory.
import { defineCommand, flag, id, text } from '../command.ts';
import { onEither } from '../common-options.ts';

export const auditRows = [
  defineCommand({
    name: 'audit',
    sentence: 'Print what happened, newest first.',
    details: 'A time is 2026-01-31, 2026-01-31T12:00Z or epoch seconds. Without a zone it is in UTC.',
    options: [
      text('account', 'NAME', 'Only records of the account with this username.'),
      id('client', 'ID', 'Only records of the app with this client_id.'),
      id('ticket', 'ID', 'Only records of this sign-in request.'),
      text('event', 'EVENT', 'Only records of this event, such as client.created.'),
      text('from', 'TIME', 'Only records of this time or later.'),
      text('to', 'TIME', 'Only records of this time or earlier.'),
      text('limit', 'COUNT', 'At most this many records. Default: 50.'),
      flag('all', 'All records.'),
      flag('json', 'Print JSON Lines.'),
      ...onEither,
    ],
    examples: ['audit --account carol', 'audit --event client.deleted --from 2026-01-31 --json --all'],
    place: 'either',
    async run(values, context) {
      const { withTrail } = await import('../desks.ts');
      const { showAudit } = await import('../audit.ts');
      await withTrail(values, context, (desks) => showAudit({ ...desks, ...context }, values));
      return undefined;
    },
  }),
];
