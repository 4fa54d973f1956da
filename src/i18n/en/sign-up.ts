// Making an account, and getting back into one, in English.

export const signUp = {
  title: 'Create an account',
  leadByMail: 'We send a link to your address. The account is made there.',
  lead: 'Choose a username and a password, and this device is signed in.',
  email: 'Email',
  emailWrong: 'This is not an email address.',
  submitByMail: 'Send the link',
  submit: 'Create the account',
  haveOne: 'I have an account',
  sentTitle: 'Look at your mail',
  sentText: 'A message is on its way to {email}. It says how to go on.',
  sentHint: 'Nothing there after a few minutes? Look among unwanted mail, then try again.',
  back: 'Back to signing in',
};

export const forgot = {
  title: 'Forgot your password?',
  lead: 'We send a link to the address of your account. There you choose a new password.',
  name: 'Username or email',
  submit: 'Send the link',
  sentText: 'If there is an account with a confirmed address, a message is on its way. Its link works for an hour.',
  byCode: 'Use a recovery code',
};

export const recover = {
  title: 'Use a recovery code',
  lead: 'One of the ten codes you once printed or wrote down. It opens the page where you choose a new password.',
  code: 'Recovery code',
  codeHint: 'Sixteen letters and digits. Each code works once.',
  submit: 'Go on',
};

export const recoveryCodes = {
  title: 'Recovery codes',
  lead: 'For the day when phone and password are gone. Each code opens the page for a new password, once.',
  none: 'You have none yet.',
  left: 'Codes left: {count} of {all}',
  make: 'Make recovery codes',
  makeAgain: 'Make new ones',
  makeAgainHint: 'The old ones then stop working.',
  confirmLead: 'To make recovery codes, confirm that it’s you. That lasts five minutes.',
  confirm: 'Confirm that it’s you',
  madeTitle: 'Your recovery codes',
  madeLead: 'Shown only now. Print them or write them down, and keep them where you keep important papers.',
  madeFor: 'Recovery codes of {username} at {host}',
  print: 'Print',
  done: 'I kept them',
  back: 'Back',
};

export const emailProof = {
  title: 'Confirm your address',
  lead: '{email} becomes the address of the account {username}.',
  submit: 'Confirm the address',
  doneTitle: 'Your address is confirmed',
  doneText: 'You can close this page.',
};
