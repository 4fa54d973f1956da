// The console's page of the signing keys, in English.

export const keys = {
  lead: 'ID tokens are signed by these. Relying parties check them by the published half.',
  schedule:
    'Every {days} days a new key takes over by itself. It is published a day before it signs, and the one before goes on verifying until its last ID token has ended. Nobody notices.',
  states: {
    next: { name: 'Next', says: 'Published already, so that relying parties know it when it begins to sign.' },
    current: { name: 'Current', says: 'Signs at this moment.' },
    previous: { name: 'Previous', says: 'Signs no more. What it signed still verifies.' },
    retired: { name: 'Retired', says: 'Published no more. Kept to recognise old ID tokens at sign-out.' },
  },
  created: 'Created',
  signs: 'Signs from',
  retires: 'Leaves the published keys',
  rotateTitle: 'Rotate now',
  rotateLead:
    'New keys are published at once and sign in about {minutes} minutes, when relying parties have learned them. Nobody is signed out.',
  rotate: 'Rotate now',
  rotated: 'New keys are published. They sign in a few minutes.',
  replaceTitle: 'A key is known to others',
  replaceLead: 'Then replace them all immediately. New keys sign from this moment, and all others are gone for good:',
  costs: {
    refused: 'Relying parties that still have the old keys refuse new sign-ins for up to five minutes.',
    tokens: 'ID tokens that were signed before no longer verify anywhere.',
    logout: 'Signing out with an old ID token asks the person first.',
  },
  replaceConfirm: 'Type {host} to confirm',
  replace: 'Replace all keys immediately',
  replaced: 'All keys are replaced.',
  replaceWrong: 'That is not the name of this provider. Nothing was replaced.',
} as const;
