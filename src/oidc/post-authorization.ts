// POST at the authorization endpoint (OIDC Core §3.1.2.1): a 303 to the same request as GET, so that
// cookies can stay SameSite=Lax.
import type { IncomingMessage, ServerResponse } from 'node:http';

const maxBytes = 56 * 1024;
const maxUrlLength = 8192;

/**
 * Answers 303, 413, 414 or 415. Repeated parameters are passed on unchanged, and the library refuses them.
 */
export async function redirectPost(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? ''))
    return refuse(res, 415, 'send the request as a form');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return refuse(res, 413, 'the request is too large');
    chunks.push(chunk);
  }
  const location = `/auth?${new URLSearchParams(Buffer.concat(chunks).toString('utf8'))}`;
  if (location.length > maxUrlLength) return refuse(res, 414, 'the request is too long');
  res.writeHead(303, { Location: location, 'Cache-Control': 'no-store' }).end();
}

function refuse(res: ServerResponse, status: number, description: string): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Connection: 'close' });
  res.end(JSON.stringify({ error: 'invalid_request', error_description: description }));
}
