// 没有浏览器的设备。The keys are those of device-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

export const device: Messages['device'] = {
  codeTitle: '您眼前的屏幕显示此代码吗？',
  codeLead: '{client} 请求在一台设备上登录。请查看设备的屏幕并核对代码。',
  linkWarning: '此链接是别人发给您的吗？如果是，请停止：以您的身份登录的将是对方的设备。',
  typedWarning: '代码是别人告诉您的吗？如果是，请停止：以您的身份登录的将是对方的设备。',
  blocked: '异常之处过多，该设备未登录。如果是您本人发起，请让设备显示新的代码。',
  yes: '是，显示的是此代码',
  no: '不是',
  title: '在此设备上登录 {client}？',
  device: '设备',
  unknown: '未知设备',
  claimed: '名称由设备自己提供',
  some: '某台设备',
  reported: '您曾表示不是您本人在同一地点的此类设备上发起登录。',
  approvedText: '设备会在几秒内自动登录，您可以放下手机了。',
  deniedText: '该设备未登录。',
  reportedText: '该设备未登录，一天之内，同一地点的此类设备不能向您发起请求。',
  expiredText: '确认时间已过，该设备未登录；它可以显示新的代码。',
  cancelledText: '设备已结束此次登录，或登录已被撤回。',
  warning: '仅批准您眼前的设备。',
};
