// “询问我的手机”。The keys are those of asks-en.ts, checked by type.
import type { Messages } from '../en/en.ts';

export const asks: Messages['asks'] = {
  ask: '询问我的手机',
  asked: '如果能联系到您的手机，我们已发出询问。二维码照常可用。',
  looking: '请查看手机。',
  number: '在手机上选择',
  title: '{client} 的登录请求',
  question: '是您本人在用 {system} 上的 {browser} 登录吗？',
  look: '查看',
  let: '允许询问这部手机',
  letHint: '之后您自己的浏览器可以直接询问这部手机，无需扫码。',
  isAsked: '您的浏览器发出询问时，这部手机会收到通知。',
  stop: '不再询问这部手机',
  forbidden: '此网站的通知已关闭。请在浏览器的网站设置中允许通知，然后重试。',
  failed: '目前无法通知这部手机。打开此页面时，请求仍会显示在这里。',
  chooseTitle: '另一屏幕上显示的是哪个数字？',
  chooseHint: '您面前的屏幕上没有这些数字？请拒绝。',
  choose: '数字 {number}',
};
