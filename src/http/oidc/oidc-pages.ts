// Gives oidc-provider the pages that it needs: errors that cannot go back to a relying party, and the page
// that navigates onward.
import { factsForSender, mistakeOf } from '../../core/refusal/refusal.ts';
import { chooseLocale, messagesOf } from '../../i18n/locale.ts';
import { fill } from '../../i18n/text.ts';
import type { OidcPages } from '../../oidc/options.ts';
import { plainText } from '../../plain-text.ts';
import type { Pages } from '../kit/pages.ts';
import { wayBackAction } from '../kit/refusal-words.ts';
import { wayBackTo } from '../kit/way-back.ts';

/** The library passes each request's `Accept-Language` and nonce, since it knows no context of ours. */
export function oidcPages(
  pages: Pages,
  { isDevelopment, issuer }: { readonly isDevelopment: boolean; readonly issuer: string },
): OidcPages {
  return {
    error: ({ acceptLanguage, nonce, requestId, facts, client }) => {
      const locale = chooseLocale(acceptLanguage);
      const all = messagesOf[locale];
      const { mistakes, someApp } = all.leave;
      const { title, message } = mistakes[mistakeOf({ facts })];
      // In production the page tells strangers nothing about how a client is registered.
      const shown = isDevelopment ? facts : factsForSender(facts);
      const clientName = client ? plainText(client.metadata.client_name, 60) || client.id : someApp;
      return pages.errorPage({
        locale,
        nonce,
        title: fill(title, { client: clientName }),
        action: wayBackAction(all, client && wayBackTo(client, issuer)),
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
