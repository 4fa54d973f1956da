// How a text names one of this provider's commands, so that it works when somebody copies it. The package
// is not published, so a bare npx would run a package of somebody else.

/** What stands before the words of a command, in the folder of this checkout. */
export const commandPrefix = 'npm run tessera --';

/** A command as a person types it. @param words such as `key rotate` or `account role --username carol` */
export const spellCommand = (words: string): string => `${commandPrefix} ${words}`;
