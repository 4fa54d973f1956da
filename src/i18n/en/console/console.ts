// The console's sentences, in English: a file for each of its areas.
import { accounts } from './accounts.ts';
import { activity } from './activity.ts';
import { clientForm } from './client-form.ts';
import { clients } from './clients.ts';
import { claims, connect, facts, trial } from './connect.ts';
import { frame } from './frame.ts';
import { invitations } from './invitations.ts';
import { keys } from './keys.ts';
import { overview } from './overview.ts';
import { registration } from './registration.ts';
import { undelivered } from './undelivered.ts';

export const consoleWords = {
  frame,
  accounts,
  activity,
  claims,
  clientForm,
  clients,
  connect,
  facts,
  invitations,
  keys,
  overview,
  registration,
  trial,
  undelivered,
} as const;
