// 管理页面共用的文字。The keys are those of en/frame.ts, checked by type.
import type { Messages } from '../../en.ts';

export const frame: Messages['console']['frame'] = {
  areas: {
    overview: '概览',
    clients: '接入的网站',
    accounts: '账号',
    invitations: '邀请',
    activity: '活动',
    keys: '密钥',
    registration: '自助注册',
  },
  copy: '复制',
  copied: '已复制',
  menu: '菜单',
  title: '管理',
  signOut: '退出',
  signedInAs: '已登录：{name}',
  searchButton: '搜索',
  more: '显示更多',
  save: '保存',
  cancel: '取消',
  freshTitle: '请确认是您本人',
  freshLead: '修改任何设置前，手机会再次要求输入密码，五分钟内有效。',
  freshButton: '确认',
  roleOnly: '您的角色只能查看，不能修改。',
  saved: '已保存。',
  problems: '未保存：',
  stale: '刚刚有人修改过，请先重新查看。',
};
