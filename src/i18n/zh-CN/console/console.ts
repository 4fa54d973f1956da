// 管理页面的文字，按区域分文件。
import type { Messages } from '../../en/en.ts';
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

export const consoleWords: Messages['console'] = {
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
};
