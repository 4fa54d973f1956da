// `tessera login`, `logout` and `whoami`: signing in at a provider elsewhere, whose commands then work
// from here. They work on the session's file of this user (remote/session-file.ts), not on a store.
import { defineCommand, flag, text } from '../command.ts';
import { json } from '../common-options.ts';

/** For the commands that act on an existing sign-in. */
const signedInAt = text(
  'issuer',
  'URL',
  'The provider. Default: TESSERA_REMOTE, then the only one you are signed in at.',
);

export const loginRows = [
  defineCommand({
    name: 'login',
    sentence: 'Sign in at a provider elsewhere with your phone.',
    details: 'Commands for its apps, accounts, devices, keys and records then work from here with --issuer URL.',
    options: [
      text('issuer', 'URL', 'The address of the provider. Default: TESSERA_REMOTE.'),
      flag('no-qr', 'Print no QR code.'),
      flag('json', 'Print JSON Lines.'),
    ],
    examples: ['login --issuer https://id.example.com'],
    place: 'anywhere',
    run: async (values, { clock, env }) => (await import('../sign-in.ts')).signInAtTerminal(values, { clock, env }),
  }),
  defineCommand({
    name: 'logout',
    sentence: 'Sign out at a provider elsewhere, and delete what this machine kept of it.',
    options: [signedInAt, json],
    examples: ['logout'],
    place: 'anywhere',
    run: async (values, { clock, env }) => (await import('../remote/login.ts')).logout(values, { clock, env }),
  }),
  defineCommand({
    name: 'whoami',
    sentence: 'Print who you are at a provider elsewhere, and what you may do there.',
    options: [signedInAt, json],
    examples: ['whoami'],
    place: 'anywhere',
    run: async (values, { clock, env }) => (await import('../remote/login.ts')).whoami(values, { clock, env }),
  }),
];
