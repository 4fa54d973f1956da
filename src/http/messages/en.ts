// Every sentence a person reads, in English. The other languages carry the same keys; `{name}` is filled in by whoever shows it.
// Error codes have their words in refusals-en.ts.
import { consoleWords } from './console/en.ts';
import { link } from './link-en.ts';
import { refusals } from './refusals-en.ts';

type Words<T> = T extends string ? string : { readonly [Key in keyof T]: Words<T[Key]> };

const page = {
  product: 'Tessera',
  scriptNeeded: 'Please switch on JavaScript: an approval is signed by a key that lives in this browser.',
  now: 'Just now',
};

const waiting = {
  title: 'Sign in to {client}',
  steps: {
    scan: 'Point your phone’s camera at the code',
    check: 'Check the details on your phone',
    approve: 'Tap Approve',
  },
  qrName: 'QR code for signing in',
  typeInstead: 'No camera? Go to {uri} and type',
  status: {
    pending: 'Waiting for your phone',
    scanned: 'Scanned. Check your phone.',
    approved: 'Approved. Taking you to {client}…',
    code: 'Type the code your phone shows',
    denied: 'This sign-in was denied on the phone.',
    expired: 'This code has expired.',
    cancelled: 'This sign-in was cancelled.',
    consumed: 'You are signed in. You can close this page.',
    off: 'Choose how to sign in',
  },
  offline: 'You are offline. This page goes on by itself.',
  confirmationCode: 'Confirmation code',
  confirmationHint: 'Six digits, on your phone right now',
  triesLeft: 'Tries left: {count}',
  newCode: 'Show a new code',
  continue: 'Continue',
  cancel: 'Cancel',
  back: 'Back to {client}',
  continueHere: 'Continue on this device',
  anotherDevice: 'Use another device',
  usePassword: 'Use a password instead',
  username: 'Username',
  password: 'Password',
  signIn: 'Sign in',
  continueAs: 'Continue as {name}',
  continueLead: 'This device is signed in as {username}.',
  continueOther: 'Use another account or device',
  willGet: '{client} will be able to:',
  noWay: '{client} does not offer a way to sign in here.',
};

const consent = {
  title: 'Allow {client}?',
  lead: '{client} asks to:',
  leadNew: '{client} now also asks to:',
  signedInAs: 'Signed in as {name}',
  goesTo: 'You then go back to {host}',
  policy: 'Privacy policy',
  terms: 'Terms of service',
  allow: 'Allow',
  cancel: 'Cancel',
};

const signIn = {
  title: 'Sign in on this phone',
  titleAgain: 'Confirm that it’s you',
  lead: 'Once signed in, this phone can approve sign-ins on your other screens.',
  leadAgain: 'This sign-in asks for your password once more.',
  address: 'You are at {host}. Check the address before you type your password.',
  username: 'Username',
  password: 'Password',
  submit: 'Sign in',
};

const home = {
  title: 'Approve a sign-in',
  lead: 'Scan the code on the other screen with your camera, or type it here.',
  userCode: 'Code from the screen',
  submit: 'Continue',
  approvals: 'Browsers you signed in',
  none: 'None yet. Browsers that you approve appear here.',
  browserOn: '{name} on {system}',
  trusted: 'Kept signed in',
  end: 'End',
  ended: 'Ended',
  signedInAs: 'Signed in as {name}',
  signOut: 'Sign out',
};

const review = {
  title: 'Sign in to {client}?',
  pageTitle: 'Approve a sign-in',
  reading: 'Reading the code…',
  browser: 'Browser',
  browserOn: '{name} on {system}',
  browserKnown: 'Used before',
  browserNew: 'New to you',
  selfRegistered: '{host} · nobody here has checked this site',
  place: 'Network',
  comparison: {
    same_address: 'Same as this phone',
    different_address: 'Not the same as this phone',
    unknown: 'Cannot be compared with this phone',
  },
  when: 'Started',
  secondsAgo: '{count} seconds ago',
  minutesAgo: '{count} minutes ago',
  scopes: '{client} will be able to',
  policy: 'Privacy policy',
  terms: 'Terms of service',
  reasons: {
    browser_new: 'You have never signed in with this browser before.',
    browser_known: 'You have signed in with this browser before.',
    browser_reported: 'You once said that you did not start a sign-in from this browser.',
    address_differs: 'That screen is on another network than this phone.',
    code_typed: 'The code was typed. If somebody told it to you, deny.',
    opened_from_link: 'Did somebody send you this code or link? Then deny.',
    frame_old: 'The code had been on show for a while before it was scanned.',
    second_scan: 'Another phone has scanned the same code.',
    many_codes_from_address: 'Unusually many codes were requested from that network.',
  },
  warning: 'Only approve if you started this yourself, on a screen in front of you.',
  codeFollows: 'Then you type a code on the other screen.',
  trust: 'This is my own browser: keep it signed in',
  deny: 'Deny',
  approve: 'Approve',
  report: 'I did not start this',
  confirm: 'Confirm that it’s you',
  codeTitle: 'Type this code on the other screen',
  codeHint: 'Only on a screen in front of you. Nobody else needs it.',
  approvedTitle: 'Approved',
  approvedText: 'You can put the phone away.',
  deniedTitle: 'Denied',
  deniedText: 'Nobody was signed in.',
  reportedTitle: 'Denied and blocked',
  reportedText: 'Nobody was signed in, and that browser cannot ask you again.',
  expiredTitle: 'Too late',
  expiredText: 'The time to decide is over. Nobody was signed in.',
  cancelledTitle: 'Cancelled',
  cancelledText: 'The other screen ended this sign-in.',
  done: 'Done',
  again: 'Try again',
};

const leave = {
  logoutTitle: 'Sign out?',
  logoutLead: 'This ends your sign-in in this browser.',
  logoutLeadClient: '{client} asks to end your sign-in in this browser.',
  logoutYes: 'Sign out',
  logoutNo: 'Stay signed in',
  doneTitle: 'You are signed out',
  doneText: 'You can close this page.',
  errorCode: 'Code: {code}',
  errorTitle: 'This sign-in cannot go on',
  errorText: 'The website sent a request that is not right. Go back to it and try again.',
  toPhoneHome: 'Type the code instead',
  toSignIn: 'Sign in again',
};

export const en = { console: consoleWords, link, page, waiting, consent, signIn, home, review, leave, refusals };

/** What every language provides. */
export type Messages = Words<typeof en>;
