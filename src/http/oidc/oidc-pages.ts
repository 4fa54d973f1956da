// Gives oidc-provider the pages that it needs: errors that cannot go back to a relying party, signing out,
// and signed out.
import { chooseLocale } from '../../i18n/locale.ts';
import type { OidcPages } from '../../oidc/options.ts';
import type { Pages } from '../kit/pages.ts';
import { createOidcViews } from './oidc-views.ts';

/** The library passes each request's `Accept-Language` and nonce, since it knows no context of ours. */
export function oidcPages(pages: Pages): OidcPages {
  const views = createOidcViews(pages);
  return {
    error: ({ acceptLanguage, nonce, error }) =>
      pages.errorPage({ locale: chooseLocale(acceptLanguage), nonce, code: error }),
    logout: ({ acceptLanguage, nonce, formHtml, clientName }) =>
      views.logout({ locale: chooseLocale(acceptLanguage), nonce, formHtml, clientName }),
    onward: ({ acceptLanguage, nonce, location }) =>
      pages.onward({ locale: chooseLocale(acceptLanguage), nonce, location }),
    loggedOut: ({ acceptLanguage, nonce }) => views.loggedOut({ locale: chooseLocale(acceptLanguage), nonce }),
  };
}
