// Chooses the language of a page. The request of the relying party (`ui_locales`, OIDC Core §3.1.2.1)
// precedes the preference of the browser (`Accept-Language`).
import { readMessages } from './catalogue.ts';
import type { Messages } from './messages.ts';

/** The languages that have a catalogue, as BCP 47 tags. */
export type Locale = 'en' | 'zh-CN';

/** All messages of each language. They are read once, when the process starts. */
export const messagesOf: Readonly<Record<Locale, Messages>> = {
  en: readMessages('en'),
  'zh-CN': readMessages('zh-CN'),
};

/**
 * Returns the first supported language. Unknown and malformed tags are skipped; English is the default.
 *
 * @param acceptLanguage the header's value, or an empty string
 * @param uiLocales BCP 47 tags in order of preference, space-separated or as a list
 */
export function chooseLocale(acceptLanguage: string, uiLocales?: string | readonly string[] | null): Locale {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ') : (uiLocales ?? []);
  for (const tag of [...asked, ...preferredTags(acceptLanguage)]) {
    const locale = localeOf(tag);
    if (locale) return locale;
  }
  return 'en';
}

/** The tags of the header, best first (RFC 9110 §12.5.4). A weight of 0 means "not acceptable". */
function preferredTags(header: string): string[] {
  return (
    header
      // Limits the work that a long header can cause.
      .slice(0, 256)
      .split(',')
      .map((part) => {
        const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
        const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
        return { tag, weight: weight === undefined ? 1 : Number(weight) };
      })
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .map(({ tag }) => tag)
  );
}

/** Looks up a tag by its language alone (RFC 4647 §3.4). Every Chinese tag gets Simplified Chinese. */
function localeOf(tag: string): Locale | null {
  const language = tag.toLowerCase().split('-')[0];
  if (language === 'zh') return 'zh-CN';
  return language === 'en' ? 'en' : null;
}
