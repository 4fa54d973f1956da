// Gives oidc-provider the pages that it needs: errors that cannot go back to a relying party, and the page
// that
// navigates onward.
import { factsForSender, mistakeOf } from '../../core/refusal/refusal.ts';
import { chooseLocale, messagesOf } from '../../i18n/locale.ts';
import { fill } from '../../i18n/text.ts';
import type { OidcPages } from '../../oidc/options.ts';
import { plainText } from '../../plain-text.ts';
import type { Pages } from '../kit/pages.ts';

/** The library passes each request's `Accept-Language` and nonce, since it knows no context of ours. */
export function oidcPages(pages: Pages, { isDevelopment }: { readonly isDevelopment: boolean }): OidcPages {
  return {
    error: ({ acceptLanguage, nonce, requestId, facts, clientName }) => {
      const locale = chooseLocale(acceptLanguage);
      const { mistakes, someApp } = messagesOf[locale].leave;
      const { title, message } = mistakes[mistakeOf({ facts })];
      // In production the page tells strangers nothing about how a client is registered.
      const shown = isDevelopment ? facts : factsForSender(facts);
      const client = plainText(clientName ?? '', 60) || someApp;
      return pages.errorPage({
        locale,
        nonce,
        title: fill(title, { client }),
        message,
        code: String(facts.error),
        reference: requestId,
        details: Object.entries(shown).map(([name, value]) => ({ name, value: String(value) })),
      });
    },
    onward: ({ acceptLanguage, nonce, location }) =>
      pages.onward({ locale: chooseLocale(acceptLanguage), nonce, location }),
  };
}
