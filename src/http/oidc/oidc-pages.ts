// The pages of oidc-provider's own routes, drawn with ours: errors that cannot go back to a relying party, sign-out, signed out.

import { chooseLocale } from '../../i18n/locale.ts';
import type { OidcPages } from '../../oidc/options.ts';
import type { Pages } from '../kit/pages.ts';

export function oidcPages(pages: Pages): OidcPages {
  return {
    error: ({ acceptLanguage, nonce, error }) =>
      pages.errorPage({ locale: chooseLocale(acceptLanguage), nonce, code: error }),
    logout: ({ acceptLanguage, nonce, formHtml, clientName }) =>
      pages.logout({ locale: chooseLocale(acceptLanguage), nonce, formHtml, clientName }),
    loggedOut: ({ acceptLanguage, nonce }) => pages.loggedOut({ locale: chooseLocale(acceptLanguage), nonce }),
  };
}
