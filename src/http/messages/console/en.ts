// The console's sentences, in English: a file for each of its areas.
import { accounts } from './en/accounts.ts';
import { clientForm } from './en/client-form.ts';
import { clients } from './en/clients.ts';
import { claims, connect, facts, trial } from './en/connect.ts';
import { frame } from './en/frame.ts';
import { invitations } from './en/invitations.ts';
import { overview } from './en/overview.ts';

export const consoleWords = {
  frame,
  accounts,
  claims,
  clientForm,
  clients,
  connect,
  facts,
  invitations,
  overview,
  trial,
} as const;
