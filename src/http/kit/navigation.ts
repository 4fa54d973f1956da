// How a browser is sent on, and whether a caller wants a page at all. This is the only place that answers
// 303, and the only place that tells people from programs.
import type { Context } from './context.ts';

const apiPath = /^\/(phone|admin)\/v1\//;

/**
 * Whether this request belongs to one of the JSON APIs, `/phone/v1` or `/admin/v1`. They never answer with a
 * page.
 */
export const isApi = (ctx: Context): boolean => apiPath.test(ctx.path);

/**
 * Whether the caller wants a page (HTML) rather than JSON: a person who follows a link or sends a form.
 * False for the JSON APIs, for requests of scripts, and where `Accept` prefers JSON (RFC 9110 §12.5.1).
 */
export const wantsPage = (ctx: Context): boolean =>
  !isApi(ctx) && !isFromScript(ctx) && ctx.accepts('json', 'html') === 'html';

/**
 * `Sec-Fetch-Dest: empty` marks fetch() and event streams, even those that send the Accept header of a page.
 */
const isFromScript = (ctx: Context): boolean =>
  ctx.get('Sec-Fetch-Dest') === 'empty' || ctx.is('application/json') === 'application/json';

/**
 * Answers 303 See Other (RFC 9110 §15.4.4): the browser continues with GET, whatever the method of this
 * request was.
 */
export function seeOther(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}
