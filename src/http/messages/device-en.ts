// Signing in a device without a browser, on the phone that approves it, in English.

export const device = {
  codeTitle: 'Does the screen in front of you show this code?',
  codeLead: '{client} wants to be signed in on a device. Look at its screen and compare.',
  linkWarning: 'Did somebody send you this link? Then stop: it would be their device that is signed in as you.',
  yes: 'Yes, it shows this code',
  no: 'No',
  title: 'Sign in to {client} on this device?',
  device: 'Device',
  warning: 'Only approve a device that is in front of you.',
};
