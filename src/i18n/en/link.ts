// Where single-use links lead, in English.

export const link = {
  administrator: {
    title: 'Become the first administrator',
    lead: 'This makes your account. It then administers Tessera, and this link has done its work.',
    submit: 'Create the account',
  },
  invitation: {
    title: 'Create your account',
    lead: 'You were invited. Choose a username and a password, and this device is signed in.',
    submit: 'Create the account',
  },
  sign_up: {
    title: 'Create your account',
    lead: 'Your address is confirmed. Choose a username and a password, and this device is signed in.',
    submit: 'Create the account',
  },
  reset: {
    title: 'Choose a new password',
    lead: 'Every device and browser of this account is then signed out.',
    submit: 'Set the password',
    doneTitle: 'Your new password is set',
    doneText: 'Every device and browser was signed out. Sign in with the new password.',
    doneButton: 'Sign in',
  },
  roles: { administrator: 'administrator', 'client-manager': 'manager of relying parties', auditor: 'auditor' },
  withRoles: 'Your role here: {roles}.',
  signedIn: 'This browser is signed in as {name}. A new account takes its place here; {name} stays as it is.',
  username: 'Username',
  displayName: 'Your name',
  displayNameHint: 'As others see it. May be empty.',
  email: 'Email',
  emailHint: 'May be empty.',
  emailProved: 'Confirmed by the link you opened.',
  wrong: {
    displayName: 'Up to 100 visible characters, none that hides or reorders text.',
    email: 'This is not an email address.',
  },
  password: 'Password',
  newPassword: 'New password',
  passwordHint: 'At least 15 characters. A few words that only you would put together are good.',
  show: 'Show',
  hide: 'Hide',
};
