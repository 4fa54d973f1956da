// 管理页面的文字，按区域分文件。
import type { Messages } from '../en.ts';
import { accounts } from './zh-CN/accounts.ts';
import { activity } from './zh-CN/activity.ts';
import { clientForm } from './zh-CN/client-form.ts';
import { clients } from './zh-CN/clients.ts';
import { claims, connect, facts, trial } from './zh-CN/connect.ts';
import { frame } from './zh-CN/frame.ts';
import { invitations } from './zh-CN/invitations.ts';
import { keys } from './zh-CN/keys.ts';
import { overview } from './zh-CN/overview.ts';
import { registration } from './zh-CN/registration.ts';
import { undelivered } from './zh-CN/undelivered.ts';

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
