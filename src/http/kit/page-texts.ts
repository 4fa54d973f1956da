// The sentences that a page's script needs, as JSON for a `<script type="application/json">` element.
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import type { Messages } from '../../i18n/messages.ts';
import { safeJson } from '../../i18n/text.ts';

/** Serializes the picked sentences once per language. @returns trusted markup by language */
export const textsByLocale = (pick: (all: Messages) => object): Readonly<Record<Locale, string>> => ({
  en: safeJson(pick(messagesOf.en)),
  'zh-CN': safeJson(pick(messagesOf['zh-CN'])),
});
