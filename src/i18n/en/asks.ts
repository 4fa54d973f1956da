// "Ask my phone", in English: on the waiting browser, on the phone that is asked, and in its notification.

export const asks = {
  ask: 'Ask my phone',
  asked: 'We asked your phone, if it can be reached. The QR code works as always.',
  looking: 'Check your phone.',
  number: 'On your phone, choose',
  title: '{client} asks',
  question: 'Is it you who signs in with {browser} on {system}?',
  look: 'Take a look',
  let: 'Let this phone be asked',
  letHint: 'Your own browsers can then ask this phone, and you need no camera.',
  isAsked: 'This phone rings when one of your browsers asks.',
  stop: 'Do not ask this phone',
  forbidden:
    'Notifications from here are switched off. Allow them in your browser’s settings for this site, then try again.',
  failed: 'This phone cannot be rung right now. Requests still appear on this page while it is open.',
  chooseTitle: 'Which number is on the other screen?',
  chooseHint: 'No screen in front of you shows one of these? Then deny.',
  choose: 'Number {number}',
};
