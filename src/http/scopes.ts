// Scopes in a person's words. A scope we have no words for is shown by its name: never hidden, never guessed.
import type { Locale } from './locale.ts';

export type ScopeWords = { readonly name: string; readonly description: string };

const words: Record<Locale, Record<string, string>> = {
  en: {
    openid: 'Know that it is you',
    profile: 'See your name, picture and language',
    email: 'See your email address',
    phone: 'See your phone number',
    address: 'See your postal address',
    offline_access: 'Stay connected when you are away',
    approve: 'Approve sign-ins for you',
  },
  'zh-CN': {
    openid: '确认是您本人',
    profile: '查看您的姓名、头像和语言',
    email: '查看您的电子邮箱地址',
    phone: '查看您的电话号码',
    address: '查看您的通信地址',
    offline_access: '在您离开时保持连接',
    approve: '代您批准登录',
  },
};

export const describeScopes = (scopes: readonly string[], locale: Locale): ScopeWords[] =>
  scopes.map((name) => ({ name, description: words[locale][name] ?? name }));
