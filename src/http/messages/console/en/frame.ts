// What stands around every page of the console, in English.

export const frame = {
  areas: {
    overview: 'Overview',
    clients: 'Relying parties',
    accounts: 'Accounts',
    invitations: 'Invitations',
  },
  copy: 'Copy',
  copied: 'Copied',
  menu: 'Menu',
  title: 'Administration',
  signOut: 'Sign out',
  signedInAs: 'Signed in as {name}',
  searchButton: 'Search',
  more: 'Show more',
  save: 'Save',
  cancel: 'Cancel',
  freshTitle: 'Confirm that it is you',
  freshLead: 'To change anything, your phone asks for your password once more. This lasts five minutes.',
  freshButton: 'Confirm',
  roleOnly: 'Your role may look, but not change.',
  saved: 'Saved.',
  problems: 'Not saved:',
  stale: 'Somebody changed it meanwhile. Look at it again first.',
} as const;
