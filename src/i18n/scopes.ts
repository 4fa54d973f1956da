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
    'clients:read': 'See relying parties, as your role may',
    'clients:write': 'Change relying parties, as your role may',
    'accounts:read': 'See accounts, as your role may',
    'accounts:write': 'Change accounts, as your role may',
    'audit:read': 'Read the audit log, as your role may',
    'keys:read': 'See signing keys, as your role may',
    'keys:write': 'Rotate signing keys, as your role may',
  },
  'zh-CN': {
    openid: '确认是您本人',
    profile: '查看您的姓名、头像和语言',
    email: '查看您的电子邮箱地址',
    phone: '查看您的电话号码',
    address: '查看您的通信地址',
    offline_access: '在您离开时保持连接',
    approve: '代您批准登录',
    'clients:read': '在您的角色范围内查看依赖方',
    'clients:write': '在您的角色范围内更改依赖方',
    'accounts:read': '在您的角色范围内查看账号',
    'accounts:write': '在您的角色范围内更改账号',
    'audit:read': '在您的角色范围内读取审计日志',
    'keys:read': '在您的角色范围内查看签名密钥',
    'keys:write': '在您的角色范围内轮换签名密钥',
  },
};

export const describeScopes = (scopes: readonly string[], locale: Locale): ScopeWords[] =>
  scopes.map((name) => ({ name, description: words[locale][name] ?? name }));
