// 一次性链接的页面。The keys are those of link-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

export const link: Messages['link'] = {
  administrator: {
    title: '成为首位管理员',
    lead: '这会创建您的账号并授予管理权限，此链接随后失效。',
    submit: '创建账号',
  },
  invitation: {
    title: '创建您的账号',
    lead: '您收到了邀请。请选择用户名和密码，此设备随即登录。',
    submit: '创建账号',
  },
  sign_up: {
    title: '创建您的账号',
    lead: '您的邮箱已确认。请选择用户名和密码，此设备随即登录。',
    submit: '创建账号',
  },
  reset: {
    title: '设置新密码',
    lead: '设置后，此账号的所有设备和浏览器都会退出登录。',
    submit: '设置密码',
    doneTitle: '新密码已设置',
    doneText: '所有设备和浏览器均已退出，请用新密码登录。',
    doneButton: '登录',
  },
  roles: { administrator: '管理员', 'client-manager': '网站管理员', auditor: '审计员' },
  withRoles: '您在此的角色：{roles}。',
  signedIn: '此浏览器已登录 {name}。新账号将在此取而代之，{name} 本身不受影响。',
  username: '用户名',
  displayName: '您的姓名',
  displayNameHint: '显示给他人，可以为空。',
  email: '电子邮箱',
  emailHint: '可以为空。',
  emailProved: '已通过您打开的链接确认。',
  wrong: {
    displayName: '最多 100 个可见字符，且不得含有隐藏或改变文字顺序的字符。',
    email: '这不是有效的电子邮件地址。',
  },
  password: '密码',
  newPassword: '新密码',
  passwordHint: '至少 15 个字符。只有您才会放在一起的几个词就很好。',
  show: '显示',
  hide: '隐藏',
};
