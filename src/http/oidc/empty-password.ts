// Public clients that send HTTP Basic with their id and an empty password, as several libraries do
// (RFC 6749 §2.3.1 allows to omit an empty secret). oidc-provider refuses that header, so it gets the same
// request with the id in the body instead.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readText } from '../kit/body.ts';
import { type Context, rememberState } from '../kit/context.ts';

/**
 * @returns the request itself, unless a public client sends an empty password
 * @throws HttpError `body_too_large`
 */
export async function withoutEmptyPassword(
  ctx: Context,
  isPublicClient: (clientId: string) => Promise<boolean>,
): Promise<IncomingMessage> {
  const clientId = idWithoutPassword(ctx.get('Authorization'));
  const isForm = ctx.is('application/x-www-form-urlencoded') !== false;
  if (clientId === null || !isForm || !(await isPublicClient(clientId))) return ctx.req;
  const body = await readText(ctx);
  const fields = new URLSearchParams(body);
  const named = fields.getAll('client_id').filter((id) => id !== '');
  const request = named.some((id) => id !== clientId)
    ? // The library refuses two different ids (RFC 6749 §2.3.1 identifies one client).
      replay(ctx.req, body, ctx.req.headers)
    : replay(ctx.req, named.length > 0 ? body : withId(fields, clientId), withoutAuthorization(ctx.req.headers));
  rememberState(request, ctx.state);
  return request;
}

/** The form with this id, in place of an empty one. */
function withId(fields: URLSearchParams, clientId: string): string {
  fields.set('client_id', clientId);
  return fields.toString();
}

const withoutAuthorization = ({ authorization: _dropped, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders =>
  headers;

/** The id of a Basic header whose password is empty (RFC 7617 §2); null for any other header. */
function idWithoutPassword(header: string): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  if (!pair.endsWith(':') || pair.indexOf(':') !== pair.length - 1) return null;
  try {
    // RFC 6749 §2.3.1: id and secret are form-encoded.
    return decodeURIComponent(pair.slice(0, -1).replaceAll('+', '%20'));
  } catch {
    return null;
  }
}

/** The same request, with this body and these headers. Its stream has been read, so it gets another. */
function replay(req: IncomingMessage, body: string, given: IncomingHttpHeaders): IncomingMessage {
  const bytes = Buffer.from(body);
  const { 'transfer-encoding': _chunked, ...headers } = given;
  return Object.create(req, {
    headers: { value: { ...headers, 'content-length': String(bytes.length) } },
    readable: { value: true },
    readableEncoding: { value: null },
    iterator: { value: () => Readable.from([bytes]).iterator() },
  });
}
