// `tessera account …`: accounts of people, on this machine's store or, where the row says so, at a
// provider elsewhere. Passwords are read from standard input, never from an option: options stand in
// shell histories and process lists. A row has the place `machine` when the administration API does not
// offer its use-case.
import { defineCommand, flag, list, text } from '../command.ts';
import { config, json, onEither, onMachine, username, yes } from '../common-options.ts';

/** As in core/account/account.ts, which is not loaded for the help. A test compares them. */
export const roleNames = ['administrator', 'client-manager', 'auditor'] as const;

/**
 * Commands whose place is `either` reach users by `withPeople`, and what ends sign-ins by `withEndings`
 * (desks.ts), which hide whether the store or the administration API does the work.
 */
export const accountRows = [
  defineCommand({
    name: 'account add',
    sentence: 'Create an account. Reads its password as one line from standard input.',
    options: [
      username,
      text('name', 'NAME', 'The display name. Default: the username.'),
      text('email', 'ADDRESS', 'The mail address.'),
      json,
      ...onMachine,
    ],
    examples: ['account add --username carol --name "Carol" < password.txt'],
    place: 'machine',
    async run(values) {
      const { withUseCases } = await import('../parts.ts');
      const { addAccount } = await import('../accounts.ts');
      return withUseCases(values, (useCases) => addAccount(useCases, values));
    },
  }),
  defineCommand({
    name: 'account list',
    sentence: 'List the accounts.',
    options: [
      text('search', 'TEXT', 'Only accounts whose username, name or mail address begins with this.'),
      json,
      ...onEither,
    ],
    examples: ['account list', 'account list --search car --json'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { listAccounts } = await import('../accounts.ts');
      return withPeople(values, context, (desks) => listAccounts(desks, values));
    },
  }),
  defineCommand({
    name: 'account show',
    sentence: 'Print an account as JSON.',
    options: [username, flag('json', 'Print JSON on one line.'), ...onEither],
    examples: ['account show --username carol'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { showAccount } = await import('../accounts.ts');
      return withPeople(values, context, (desks) => showAccount(desks, values));
    },
  }),
  defineCommand({
    name: 'account role',
    sentence: 'Replace the roles of an account.',
    options: [
      username,
      {
        ...text('set', 'ROLES', `Roles separated by commas: ${roleNames.join(', ')}. '' takes all away.`),
        choices: roleNames,
      },
      json,
      ...onMachine,
    ],
    examples: ['account role --username carol --set administrator', "account role --username carol --set ''"],
    place: 'machine',
    async run(values) {
      const { withUseCases } = await import('../parts.ts');
      const { setAccountRoles } = await import('../accounts.ts');
      return withUseCases(values, (useCases) => setAccountRoles(useCases, values));
    },
  }),
  defineCommand({
    name: 'account verify-email',
    sentence: 'Mark the email address of an account as verified, so that it also serves as a name at sign-in.',
    options: [username, flag('undo', 'Mark it as not verified.'), json, ...onEither],
    examples: ['account verify-email --username carol', 'account verify-email --username carol --undo'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { setEmailVerified } = await import('../accounts.ts');
      return withPeople(values, context, (desks) => setEmailVerified(desks, values));
    },
  }),
  defineCommand({
    name: 'account disable',
    sentence: 'Disable an account: it cannot sign in, and is signed out of all devices, browsers and apps.',
    details: 'Apps are told. Enabling it again does not bring back what was signed in.',
    options: [username, json, ...onEither],
    examples: ['account disable --username carol'],
    place: 'either',
    async run(values, context) {
      const { withEndings } = await import('../desks.ts');
      const { setAccountDisabled } = await import('../accounts.ts');
      return withEndings(values, context, (desks) => setAccountDisabled(desks, values, true));
    },
  }),
  defineCommand({
    name: 'account enable',
    sentence: 'Enable an account that was disabled. It has to sign in again everywhere.',
    options: [username, json, ...onEither],
    examples: ['account enable --username carol'],
    place: 'either',
    async run(values, context) {
      const { withEndings } = await import('../desks.ts');
      const { setAccountDisabled } = await import('../accounts.ts');
      return withEndings(values, context, (desks) => setAccountDisabled(desks, values, false));
    },
  }),
  defineCommand({
    name: 'account sign-out',
    sentence: 'Sign an account out on all its devices, and in the browsers that they signed in.',
    // Not `destroys`: everything that ends here begins again with the next sign-in.
    details: 'Apps are told. The person can sign in again.',
    options: [username, json, ...onEither],
    examples: ['account sign-out --username carol'],
    place: 'either',
    async run(values, context) {
      const { withEndings } = await import('../desks.ts');
      const { signOutAccount } = await import('../accounts.ts');
      return withEndings(values, context, (desks) => signOutAccount(desks, values));
    },
  }),
  defineCommand({
    name: 'account delete',
    sentence: 'Delete an account for good. Everything of it ends, and apps are told.',
    options: [username, yes, json, ...onMachine],
    examples: ['account delete --username carol', 'account delete --username carol --yes'],
    place: 'machine',
    // Deletion has no undo: the id of the account is never used again.
    destroys: () => true,
    async run(values, context) {
      const { withApp } = await import('../parts.ts');
      const { deleteAccount } = await import('../accounts.ts');
      return withApp(values, (app) => deleteAccount(app, values, context));
    },
  }),
  defineCommand({
    name: 'account invite',
    sentence: 'Print a link by which people create an account.',
    details: 'A link that gives roles is made beside the store only.',
    options: [
      text('name', 'NAME', 'What the link is called in the list of links.'),
      text('uses', 'COUNT', 'How many accounts it can create. Default: 1.'),
      text('days', 'DAYS', 'How long it is valid. Default: 7.'),
      {
        ...list('role', 'ROLE', `A role of these accounts: ${roleNames.join(', ')}. May stand several times.`),
        choices: roleNames,
      },
      json,
      ...onEither,
    ],
    examples: ['account invite', 'account invite --uses 20 --days 3', 'account invite --role auditor'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { invite } = await import('../links.ts');
      return withPeople(values, context, (desks) => invite(desks, values));
    },
  }),
  defineCommand({
    name: 'account reset-link',
    sentence: 'Print a link by which the owner of an account sets a new password within an hour.',
    options: [username, json, ...onEither],
    examples: ['account reset-link --username carol'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { makeResetLink } = await import('../links.ts');
      return withPeople(values, context, (desks) => makeResetLink(desks, values));
    },
  }),
  defineCommand({
    name: 'account hash-password',
    sentence: 'Print the hash of a password for TESSERA_ADMIN_PASSWORD_HASH. Reads it from standard input.',
    details: 'Nothing is stored.',
    options: [config],
    examples: ['account hash-password < password.txt'],
    place: 'anywhere',
    run: async (values) => (await import('../hash-password.ts')).printPasswordHash(values),
  }),
];
