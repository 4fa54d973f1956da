// Messages by mail about one's own account, in English. The first line is the subject; `{host}` is this provider.

const ignore = 'If this was not you, do nothing: without the link nothing happens.';

export const accountMail = {
  sign_up: {
    subject: 'Make your account at {host}',
    lead: 'Somebody, probably you, wants to make an account at {host} with this address. Go on here, within a day:',
    button: 'Make the account',
    note: ignore,
  },
  account_exists: {
    subject: 'You have an account at {host}',
    lead: 'Somebody, probably you, wanted to use this address for an account at {host}. It belongs to one already: your username is {username}.',
    button: 'Sign in',
    note: 'If you forgot your password, the sign-in page sends you a link for a new one. If this was not you, do nothing.',
  },
  reset: {
    subject: 'Choose a new password for {host}',
    lead: 'Somebody, probably you, asked for a new password for {username} at {host}. Choose it here, within an hour. Every device of the account is then signed out.',
    button: 'Choose a new password',
    note: ignore,
  },
  verify: {
    subject: 'Is this your address at {host}?',
    lead: 'The account {username} at {host} gave this address. If it is yours, confirm it here, within a day:',
    button: 'Confirm the address',
    note: 'If you do not know this account, do nothing: without the link nothing happens.',
  },
};
