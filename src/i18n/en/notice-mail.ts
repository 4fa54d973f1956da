// What mail says, in English. Calm and short: what happened, by what one recognises it, and one thing to do.

export const mail = {
  greeting: 'Hello {name},',
  facts: { site: 'Site', browser: 'Browser', network: 'Network', phone: 'Approved on', time: 'Time' },
  browserOn: '{name} on {system}',
  linkFallback: 'If the button does not work, open this address:',
  foot: 'Sent by {host} about your account {username}. Nobody reads replies to this address.',
  browserApproved: {
    subject: 'New sign-in to {client}',
    title: 'A new browser was signed in',
    lead: 'Your account was used to sign in to {client} in a browser it had not used before.',
    fine: 'If this was you, there is nothing to do.',
    action: 'This was not me',
    after: 'It opens a page that says what will be ended, before anything is. The link works once, for seven days.',
  },
  /** What is not said here is said as of a browser. */
  deviceApproved: {
    title: 'A new device was signed in',
    lead: 'Your account was used to sign in to {client} on a device, by the code on its screen.',
    fact: 'Device',
    unknown: 'Unknown device',
  },
  credentialChanged: {
    password_reset: {
      subject: 'Your password was reset',
      title: 'Your password was reset',
      lead: 'A new password was set by a reset link. Every device and browser was signed out.',
    },
    password_changed: {
      subject: 'Your password was changed',
      title: 'Your password was changed',
      lead: 'The old one no longer works.',
    },
    passkey_created: {
      subject: 'A passkey was added',
      title: 'A passkey was added to your account',
      lead: 'It can sign you in from now on.',
    },
    passkey_removed: {
      subject: 'A passkey was removed',
      title: 'A passkey was removed from your account',
      lead: 'It no longer signs you in.',
    },
    email_changed: {
      subject: 'Your email address was changed',
      title: 'Your email address was changed',
      lead: 'This is the last message to this address: from now on they go to the new one.',
    },
    recovery_codes_made: {
      subject: 'New recovery codes were made',
      title: 'New recovery codes were made',
      lead: 'The codes from before no longer work.',
    },
  },
  changed: {
    fine: 'If this was you, there is nothing to do.',
    notYou: 'If it was not, look at your devices now, sign out what you do not know, and tell whoever runs {host}.',
    action: 'See your devices',
  },
};
