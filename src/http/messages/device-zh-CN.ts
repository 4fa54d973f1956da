// 没有浏览器的设备。The keys are those of device-en.ts, checked by type.
import type { Messages } from './en.ts';

export const device: Messages['device'] = {
  codeTitle: '您眼前的屏幕上显示的是此代码吗？',
  codeLead: '{client} 请求在一台设备上登录。请查看设备的屏幕并核对代码。',
  linkWarning: '此链接是别人发给您的吗？如果是，请停止：以您的身份登录的将是对方的设备。',
  yes: '是，显示的是此代码',
  no: '不是',
  title: '在此设备上登录 {client}？',
  device: '设备',
  warning: '仅批准您眼前的设备。',
};
