// 创建账号与找回账号。The keys are those of sign-up-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

export const signUp: Messages['signUp'] = {
  title: '创建账号',
  leadByMail: '我们会向您的邮箱发送一个链接，在那里创建账号。',
  lead: '请选择用户名和密码，此设备随即登录。',
  email: '电子邮箱',
  emailWrong: '这不是有效的电子邮件地址。',
  submitByMail: '发送链接',
  submit: '创建账号',
  haveOne: '我已有账号',
  sentTitle: '请查看邮箱',
  sentText: '邮件正在发往 {email}，其中说明了下一步。',
  sentHint: '几分钟后仍未收到？请先查看垃圾邮件，再重试。',
  back: '返回登录',
};

export const forgot: Messages['forgot'] = {
  title: '忘记密码？',
  lead: '我们会向您账号的邮箱发送一个链接，您可以在那里设置新密码。',
  name: '用户名或电子邮箱',
  submit: '发送链接',
  sentText: '如果存在邮箱已确认的账号，邮件就已发出，其中的链接一小时内有效。',
  byCode: '使用恢复码',
};

export const recover: Messages['recover'] = {
  title: '使用恢复码',
  lead: '请输入您曾打印或抄下的十个恢复码之一，随后即可设置新密码。',
  code: '恢复码',
  codeHint: '十六个字母和数字，每个恢复码只能使用一次。',
  submit: '继续',
};

export const recoveryCodes: Messages['recoveryCodes'] = {
  title: '恢复码',
  lead: '以备手机和密码都无法使用的那一天。每个恢复码可以打开一次设置新密码的页面。',
  none: '您还没有恢复码。',
  left: '剩余恢复码：{count} / {all}',
  make: '生成恢复码',
  makeAgain: '重新生成',
  makeAgainHint: '旧的恢复码随即失效。',
  confirmLead: '要生成恢复码，请先确认是您本人，五分钟内有效。',
  confirm: '确认是您本人',
  madeTitle: '您的恢复码',
  madeLead: '仅此一次显示。请打印或抄写下来，与重要文件放在一起。',
  madeFor: '{username} 在 {host} 的恢复码',
  print: '打印',
  done: '我已保存好',
  back: '返回',
};

export const emailProof: Messages['emailProof'] = {
  title: '确认您的邮箱',
  lead: '{email} 将成为账号 {username} 的邮箱。',
  submit: '确认邮箱',
  doneTitle: '邮箱已确认',
  doneText: '您可以关闭此页面。',
};
