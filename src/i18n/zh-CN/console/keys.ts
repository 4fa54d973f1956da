// 签名密钥。The keys are those of en/keys.ts, checked by type.
import type { Messages } from '../../en/en.ts';

export const keys: Messages['console']['keys'] = {
  lead: '身份令牌由这些密钥签名，网站用公布的一半来验证。',
  schedule:
    '每 {days} 天自动换用新密钥。新密钥在签名前一天公布；旧密钥继续用于验证，直到它签发的最后一个身份令牌失效。用户不会察觉。',
  states: {
    next: { name: '下一个', says: '已经公布，网站在它开始签名时就认识它。' },
    current: { name: '当前', says: '正在用于签名。' },
    previous: { name: '上一个', says: '不再签名，它签过的仍可验证。' },
    retired: { name: '已退役', says: '不再公布，仅用于退出时识别旧的身份令牌。' },
  },
  created: '创建',
  signs: '开始签名',
  retires: '停止公布',
  rotateTitle: '立即轮换',
  rotateLead: '新密钥立即公布，约 {minutes} 分钟后网站都已知晓时开始签名。没有人会被退出登录。',
  rotate: '立即轮换',
  rotated: '新密钥已公布，几分钟后开始签名。',
  replaceTitle: '密钥已泄露',
  replaceLead: '那么应当立即全部更换。新密钥从此刻起签名，其他密钥永久删除：',
  costs: {
    refused: '仍持有旧密钥的网站最多五分钟内会拒绝新的登录。',
    tokens: '之前签发的身份令牌在任何地方都不再有效。',
    logout: '用旧的身份令牌退出时会先询问本人。',
  },
  replaceConfirm: '请输入 {host} 确认',
  replace: '立即更换全部密钥',
  replaced: '全部密钥已更换。',
  replaceWrong: '与本站名称不符，没有更换任何密钥。',
};
