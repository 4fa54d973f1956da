// Options that several commands share. A command accepts only the options that its row names.
import { type CommandOption, flag, id, required, text } from './command.ts';

export const json = flag('json', 'Print JSON.');
export const yes = flag('yes', 'Do not ask for confirmation.');
export const clientId = required(id('id', 'ID', 'The client_id of the app.'));
export const username = required(text('username', 'NAME', 'The username of the account.'));

export const config = text(
  'config',
  'FILE',
  'The configuration file. Default: TESSERA_CONFIG, then tessera.yaml, then config/development.yaml.',
);

/** Of a command whose place is `either`. */
export const issuer = text(
  'issuer',
  'URL',
  'Work at this provider instead of this machine’s store, after “login”. Default: TESSERA_REMOTE.',
);

/** Of a command whose place is `machine`: accepted so that the refusal can say why. */
const refusedIssuer: CommandOption<'issuer', string | undefined> = { ...issuer, isHidden: true };

/** For a command that works on the store of this machine only. */
export const onMachine = [config, refusedIssuer] as const;

/** For a command that works on the store of this machine or at a provider elsewhere. */
export const onEither = [config, issuer] as const;
