// 未送达的消息。The keys are those of en/undelivered.ts, checked by type.
import type { Messages } from '../../en/en.ts';

export const undelivered: Messages['console']['undelivered'] = {
  tries: '已尝试 {count} 次，首次：{when}。',
  pending: '下次尝试：{when}',
  givenUp: '已放弃',
  logouts: {
    title: '未送达的退出通知',
    lead: '已通知它有人退出，但没有得到应答。一小时内会继续尝试。',
  },
  mails: {
    title: '未送达的邮件',
    lead: '列出收件服务器的域名和出错原因。每封邮件在一天内会继续尝试；收件人和内容均已加密。',
  },
  reasons: {
    EDNS: '找不到邮件服务器的域名。',
    ESOCKET: '无法连接到邮件服务器。',
    ECONNECTION: '无法连接到邮件服务器。',
    ETIMEDOUT: '邮件服务器没有及时应答。',
    ETLS: '邮件服务器不提供可信的加密。',
    EAUTH: '邮件服务器拒绝了我们的用户名或密码。',
    EENVELOPE: '邮件服务器拒绝了该地址。',
    EMESSAGE: '邮件服务器拒绝了该邮件。',
    EPROTOCOL: '邮件服务器的应答无法理解。',
  },
};
