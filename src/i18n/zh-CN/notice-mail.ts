// 邮件。The keys are those of mail-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

export const mail: Messages['mail'] = {
  greeting: '{name}，您好：',
  facts: { site: '网站', browser: '浏览器', network: '网络', phone: '批准设备', time: '时间' },
  browserOn: '{system} 上的 {name}',
  linkFallback: '如果按钮无法使用，请打开此网址：',
  foot: '此邮件由 {host} 发送，关于您的账号 {username}。请勿回复，此邮箱无人查看。',
  browserApproved: {
    subject: '新的登录：{client}',
    title: '有新的浏览器登录',
    lead: '您的账号在一个从未用过的浏览器中登录了 {client}。',
    fine: '如果是您本人操作，则无需理会。',
    action: '这不是我',
    after: '打开的页面会先说明将结束哪些内容，然后才会执行。链接只能使用一次，七天内有效。',
  },
  deviceApproved: {
    title: '有新的设备登录',
    lead: '您的账号通过设备屏幕上的代码登录了 {client}。',
    fact: '设备',
    unknown: '未知设备',
  },
  credentialChanged: {
    password_reset: {
      subject: '您的密码已重置',
      title: '您的密码已重置',
      lead: '有人通过重置链接设置了新密码，所有设备和浏览器均已退出登录。',
    },
    password_changed: { subject: '您的密码已更改', title: '您的密码已更改', lead: '旧密码已失效。' },
    passkey_created: {
      subject: '已添加通行密钥',
      title: '您的账号添加了一个通行密钥',
      lead: '从现在起可以用它登录。',
    },
    passkey_removed: {
      subject: '已移除通行密钥',
      title: '您的账号移除了一个通行密钥',
      lead: '它不能再用于登录。',
    },
    email_changed: {
      subject: '您的电子邮箱已更改',
      title: '您的电子邮箱已更改',
      lead: '这是发往此邮箱的最后一封邮件，今后的邮件将发往新邮箱。',
    },
    recovery_codes_made: {
      subject: '已生成新的恢复码',
      title: '已生成新的恢复码',
      lead: '之前的恢复码已全部失效。',
    },
  },
  changed: {
    fine: '如果是您本人操作，则无需理会。',
    notYou: '如果不是，请立即查看您的设备，退出不认识的设备，并告知 {host} 的管理者。',
    action: '查看我的设备',
  },
};
