// `tessera key …`: signing keys, and secrets for the environment.
// `key generate` opens nothing. It belongs to this noun because its secrets seal the signing keys.
import { defineCommand, flag } from '../command.ts';
import { json, onEither, yes } from '../common-options.ts';

/**
 * `rotate` keeps the older keys until the tokens that they signed have expired, unless it is immediate. The
 * key schedule is in core/key.
 */
export const keyRows = [
  defineCommand({
    name: 'key list',
    sentence: 'List the signing keys: next, current, previous and retired.',
    options: [json, ...onEither],
    examples: ['key list'],
    place: 'either',
    async run(values, context) {
      const { withKeys } = await import('../desks.ts');
      const { listKeys } = await import('../keys.ts');
      return withKeys(values, context, (desks) => listKeys(desks, values));
    },
  }),
  defineCommand({
    name: 'key rotate',
    sentence: 'Create new signing keys. They sign as soon as apps can know them.',
    details: 'With --immediately tokens that older keys signed are no longer valid, so it asks for a confirmation.',
    options: [
      flag('immediately', 'A key is known to others: new keys sign at once, and all older keys are removed.'),
      yes,
      json,
      ...onEither,
    ],
    examples: ['key rotate', 'key rotate --immediately --yes'],
    place: 'either',
    // Only the immediate rotation invalidates tokens, so only it needs a confirmation.
    destroys: ({ immediately }) => immediately,
    async run(values, context) {
      const { withKeys } = await import('../desks.ts');
      const { rotateKeys } = await import('../keys.ts');
      return withKeys(values, context, (desks) => rotateKeys(desks, values, context));
    },
  }),
  defineCommand({
    name: 'key generate',
    sentence: 'Print fresh secrets for the environment of a production provider.',
    details: 'Prints TESSERA_COOKIE_KEYS and TESSERA_ENCRYPTION_KEY. Nothing is stored.',
    options: [],
    examples: ['key generate'],
    place: 'anywhere',
    run: async () => (await import('../../config/secrets.ts')).generateSecretLines().join('\n'),
  }),
];
