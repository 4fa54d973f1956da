// The console's sentences, in English: a file for each of its areas.
import { accounts } from './en/accounts.ts';
import { activity } from './en/activity.ts';
import { clientForm } from './en/client-form.ts';
import { clients } from './en/clients.ts';
import { claims, connect, facts, trial } from './en/connect.ts';
import { frame } from './en/frame.ts';
import { invitations } from './en/invitations.ts';
import { keys } from './en/keys.ts';
import { overview } from './en/overview.ts';
import { registration } from './en/registration.ts';
import { undelivered } from './en/undelivered.ts';

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
