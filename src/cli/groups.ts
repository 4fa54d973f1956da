// The groups of commands: a noun, or a noun and a part of it. They have no row, because they run nothing.

/** What each group of commands is about: the heading of its commands in the help. */
export const groups: Readonly<Record<string, string>> = {
  config: 'Configuration',
  client: 'Apps (relying parties)',
  'client secret': 'Secrets of an app',
  account: 'Accounts',
  admin: 'First administrator',
  device: 'Signed-in phones and browsers',
  key: 'Keys',
};
