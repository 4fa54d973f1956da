// Which language a page speaks: what the relying party asks for (`ui_locales`, OIDC Core §3.1.2.1), then what the browser prefers.
import { readMessages } from './catalogue.ts';
import type { Messages } from './messages.ts';

export type Locale = 'en' | 'zh-CN';

/** All messages of each language, read once when the process starts. */
export const messagesOf: Readonly<Record<Locale, Messages>> = {
  en: readMessages('en'),
  'zh-CN': readMessages('zh-CN'),
};

/**
 * Never throws: an unknown or odd wish ends in English.
 * `uiLocales`: BCP 47 tags in order of preference, space-separated or as a list.
 */
export function chooseLocale(acceptLanguage: string, uiLocales?: string | readonly string[] | null): Locale {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ') : (uiLocales ?? []);
  for (const tag of [...asked, ...preferredTags(acceptLanguage)]) {
    const locale = localeOf(tag);
    if (locale) return locale;
  }
  return 'en';
}

/** RFC 9110 §12.5.4, best first; what is weighted 0 is refused by the person. */
function preferredTags(header: string): string[] {
  return header
    .slice(0, 256)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/** RFC 4647 §3.4 lookup, down to the language itself. */
function localeOf(tag: string): Locale | null {
  const language = tag.toLowerCase().split('-')[0];
  if (language === 'zh') return 'zh-CN';
  return language === 'en' ? 'en' : null;
}
