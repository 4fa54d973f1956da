// 关于本人账号的邮件。The keys are those of mail-account-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

const ignore = '如果不是您本人操作，无需理会：不点击链接就不会发生任何事。';

export const accountMail: Messages['accountMail'] = {
  sign_up: {
    subject: '在 {host} 创建您的账号',
    lead: '有人（很可能是您）想用此邮箱在 {host} 创建账号。请在一天内通过下面的链接继续：',
    button: '创建账号',
    note: ignore,
  },
  account_exists: {
    subject: '您在 {host} 已有账号',
    lead: '有人（很可能是您）想把此邮箱用于 {host} 的账号。它已属于一个账号，用户名是 {username}。',
    button: '登录',
    note: '如果忘记了密码，可在登录页面获取设置新密码的链接。如果不是您本人操作，无需理会。',
  },
  reset: {
    subject: '为 {host} 设置新密码',
    lead: '有人（很可能是您）请求为 {host} 的账号 {username} 设置新密码。请在一小时内通过下面的链接设置，之后该账号的所有设备都会退出登录。',
    button: '设置新密码',
    note: ignore,
  },
  verify: {
    subject: '这是您在 {host} 的邮箱吗？',
    lead: '{host} 的账号 {username} 填写了此邮箱。如果是您的，请在一天内确认：',
    button: '确认邮箱',
    note: '如果您不认识这个账号，无需理会：不点击链接就不会发生任何事。',
  },
};
