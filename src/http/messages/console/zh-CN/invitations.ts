// 邀请与重置链接。The keys are those of en/invitations.ts, checked by type.
import type { Messages } from '../../en.ts';

export const invitations: Messages['console']['invitations'] = {
  lead: '人们通过这些链接创建账号，请您自行转交。',
  add: '邀请他人',
  none: '目前没有邀请。',
  name: '给谁',
  nameHint: '仅供您区分。',
  nameless: '未命名',
  uses: '可创建的账号数',
  days: '有效天数',
  rolesTitle: '在此的角色',
  rolesHint: '使用此链接的每个人都会获得。多数人不需要。',
  roles: { administrator: '管理员', 'client-manager': '网站管理员', auditor: '审计员' },
  create: '生成链接',
  madeTitle: '请立即复制链接，它只显示这一次。',
  madeLead: '账号数：{count}。失效时间：{when}。',
  link: '链接',
  left: '剩余',
  leftOf: '{left} / 共 {uses} 次',
  usedUp: '已用完',
  ended: '已失效',
  endedWhy: '创建者已不再是管理员。',
  expires: '失效',
  by: '创建者',
  commandLine: '命令行',
  revoke: '撤销',
  resetTitle: '重置链接',
  resetFor: '给 {name}。请立即复制，它只显示这一次。',
  resetLead:
    '请只交给本人：打开链接的人可以设置新密码。在此之前一切不变；之后此账号的所有设备和浏览器都会退出。仅可使用一次，失效时间：{when}。',
  resetBack: '返回账号',
};
