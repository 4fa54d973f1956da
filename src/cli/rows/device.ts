// `tessera device …`: where an account is signed in.
// A device is a signed-in phone or browser of an account.
import { defineCommand, id, required } from '../command.ts';
import { json, onEither, username } from '../common-options.ts';

export const deviceRows = [
  defineCommand({
    name: 'device list',
    sentence: 'List the signed-in phones and browsers of an account.',
    options: [username, json, ...onEither],
    examples: ['device list --username carol'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { listDevices } = await import('../devices.ts');
      return withPeople(values, context, (desks) => listDevices(desks, values));
    },
  }),
  defineCommand({
    name: 'device remove',
    sentence: 'Sign a device of an account out. Its owner can sign in on it again.',
    options: [
      username,
      required(id('id', 'ID', 'The id of the device, as “device list” prints it.')),
      json,
      ...onEither,
    ],
    examples: ['device remove --username carol --id 5Kq2…'],
    place: 'either',
    async run(values, context) {
      const { withPeople } = await import('../desks.ts');
      const { removeDevice } = await import('../devices.ts');
      return withPeople(values, context, (desks) => removeDevice(desks, values));
    },
  }),
];
