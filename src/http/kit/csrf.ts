// Refuses requests that another site makes a browser send (security.md B9, C6): by Sec-Fetch-Site and Origin
// where the browser sends them, and by the token of our own form where they say nothing (form-token.ts).
// Programs send neither header and hold no cookies of a person, so they pass.
import type { IncomingMessage } from 'node:http';
import type { Context, Handler } from './context.ts';
import type { FormTokens } from './form-token.ts';
import { HttpError } from './refusals.ts';

/**
 * Who sent a request, by its headers. `null`: from an origin that the browser does not tell, which may be
 * ours or any other. `silent`: nothing is said at all.
 */
type Sender = 'own' | 'foreign' | 'null' | 'silent';

/** @param origin of this provider, as in `https://id.example` */
function senderOf({ headers }: IncomingMessage, origin: string): Sender {
  const site = headers['sec-fetch-site'];
  const claimed = headers.origin;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'foreign';
  // A sandboxed frame says so, and so does our own form where a browser hides the origin (Fetch §3.2).
  if (claimed === 'null') return 'null';
  if (claimed !== undefined) return claimed === origin ? 'own' : 'foreign';
  return site === undefined ? 'silent' : 'own';
}

/**
 * For a request that no form can send.
 * @throws HttpError `cross_site_request`
 */
export function assertSameOrigin(req: IncomingMessage, origin: string): void {
  const sender = senderOf(req, origin);
  if (sender === 'foreign' || sender === 'null') throw crossSite();
}

/** Media types that a form of another site can have without asking first (Fetch §4.8, §2.2.2). */
const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

export function requireSameOrigin(origin: string, formTokens: Pick<FormTokens, 'read'>): Handler {
  /** Whether the request is ours although its headers do not say so. */
  async function isOurs(ctx: Context, sender: 'null' | 'silent'): Promise<boolean> {
    if (ctx.is(formTypes)) {
      const isOfProgram = sender === 'silent' && !ctx.get('Cookie').includes('tessera_');
      return isOfProgram || (await formTokens.read(ctx)) !== null;
    }
    // Another site has to ask before it sends any other type, and is not answered.
    return sender === 'silent' || ctx.get('Sec-Fetch-Site') === 'same-origin';
  }

  return async (ctx, next) => {
    const sender = senderOf(ctx.req, origin);
    if (sender === 'foreign') throw crossSite();
    if (sender !== 'own' && !(await isOurs(ctx, sender))) throw crossSite();
    await next();
  };
}

const crossSite = () => new HttpError('cross_site_request', 'This request came from another site.');
