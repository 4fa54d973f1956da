// How a browser is sent on, and whether a caller wants a page at all. This is the only place that answers
// 303, and the only place that tells people from programs.
import { chooseLocale } from '../../i18n/locale.ts';
import type { Context } from './context.ts';
import type { Pages } from './pages.ts';

const apiPath = /^\/(phone|admin)\/v1\//;

/**
 * Whether this request belongs to one of the JSON APIs, `/phone/v1` or `/admin/v1`. They never answer with a
 * page.
 */
export const isApi = (ctx: Context): boolean => apiPath.test(ctx.path);

/**
 * Whether the caller wants a page (HTML) rather than JSON: a person who follows a link or sends a form.
 * `Accept` decides (RFC 9110 §12.5.1), and a caller that sends JSON gets JSON. `Sec-Fetch-Dest` says nothing
 * about it: a service worker that passes a navigation on sends `empty`, and older browsers send none.
 */
export const wantsPage = (ctx: Context): boolean =>
  !isApi(ctx) && ctx.is('application/json') !== 'application/json' && ctx.accepts('json', 'html') === 'html';

/**
 * Answers 303 See Other (RFC 9110 §15.4.4): the browser continues with GET, whatever the method of this
 * request was.
 */
export function seeOther(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}

/**
 * Sends a browser to a place that may redirect to another site. Chromium and WebKit apply `form-action` to
 * every redirect that follows a form (CSP3 §6.1.1.2), and nobody knows where a relying party redirects. So a
 * form ends here, at our own origin, and this page navigates onward.
 */
export function goOnward(ctx: Context, pages: Pages, location: string, uiLocales: readonly string[] = []): void {
  ctx.status = 200;
  ctx.type = 'html';
  const locale = chooseLocale(ctx.get('Accept-Language'), uiLocales);
  ctx.body = pages.onward({ locale, nonce: ctx.state.nonce, location });
}
