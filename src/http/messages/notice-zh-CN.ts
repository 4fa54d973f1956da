// 通知与“这不是我”页面。The keys are those of notice-en.ts, checked by type.
import type { Messages } from './en.ts';

export const notice: Messages['notice'] = {
  heading: '请您知悉',
  browserApproved: '新浏览器登录了 {client}',
  checkDevices: '一次登录已被撤销，请检查您的设备。',
  credentialChanged: {
    password_reset: '您的密码已重置',
    password_changed: '您的密码已更改',
    passkey_created: '已添加通行密钥',
    passkey_removed: '已移除通行密钥',
    email_changed: '您的电子邮箱已更改',
    recovery_codes_made: '已生成新的恢复码',
  },
  notMe: '这不是我',
  seeDevices: '查看设备',
  dismiss: '好',
  dismissed: '已收起',
  page: {
    title: '这不是您本人吗？',
    lead: '您的手机批准了这次登录。如果这并非您的本意，请在此结束。',
    what: '接下来会发生什么',
    ends: '它的登录将结束，{client} 等网站由此获得的访问权限一并失效；支持退出通知的网站也会让它退出。',
    blocks: '它无法再用您的账号登录。',
    asks: '您的各个设备会收到提醒，请您确认它们都属于您。',
    facts: { site: '网站', browser: '浏览器', network: '网络', phone: '批准设备', time: '时间' },
    unknownPhone: '这部手机我也不认识',
    unknownPhoneHint: '{name} 也将一并退出登录。',
    submit: '这不是我，立即结束',
    wasMe: '如果是您本人，直接关闭此页面即可，不会有任何改变。',
    doneTitle: '已经结束',
    doneText: '它的登录和全部访问权限均已结束，并已被屏蔽；支持退出通知的网站也会让它退出。',
    alreadyTitle: '这次登录早已结束',
    alreadyText: '{when}已处理完毕，无需再做任何操作。',
    next: '请确认您账号的每台设备都属于您。如果有人可能知道您的密码，请更换密码。',
    devices: '查看我的设备',
  },
};
