// Signing in a device without a browser, on the phone that approves it, in English.

export const device = {
  codeTitle: 'Does the screen in front of you show this code?',
  codeLead: '{client} wants to be signed in on a device. Look at its screen and compare.',
  linkWarning: 'Did somebody send you this link? Then stop: it would be their device that is signed in as you.',
  typedWarning: 'Did somebody tell you this code? Then stop: it would be their device that is signed in as you.',
  blocked: 'Too much about it is unusual. The device was not signed in. If you started it, let it show a new code.',
  yes: 'Yes, it shows this code',
  no: 'No',
  title: 'Sign in to {client} on this device?',
  device: 'Device',
  /** Where it has no name of its own: alone, and within a sentence. */
  unknown: 'Unknown device',
  claimed: 'By its own account',
  some: 'a device',
  reported: 'You once said that you did not start a sign-in from a device like this, at the same place.',
  approvedText: 'The device signs in by itself in a few seconds. You can put the phone away.',
  deniedText: 'The device was not signed in.',
  reportedText: 'The device was not signed in, and for one day devices like it at that place cannot ask you.',
  expiredText: 'The time to decide is over. The device was not signed in; it can show a new code.',
  cancelledText: 'The device ended this sign-in, or it was taken back.',
  warning: 'Only approve a device that is in front of you.',
};
