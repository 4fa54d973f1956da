// `GET /interaction/:uid/events`: server-sent events for the waiting page. It is served before Koa, so that
// no request context stays in memory while a screen waits.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { interactionIdOf, type Tickets } from '../../core/ticket/tickets.ts';
import type { Interactions } from '../../oidc/interaction.ts';
import { assertSameOrigin } from '../kit/csrf.ts';
import { HttpError, problemOf, refusalFor } from '../kit/refusals.ts';
import { securityHeadersOf } from '../kit/security-headers.ts';
import type { Screens } from './screens.ts';

export type EventsDeps = {
  readonly issuer: string;
  readonly interactions: Interactions;
  readonly tickets: Tickets;
  readonly screens: Screens;
  /** @throws HttpError `host_unknown` */
  readonly checkHost: (req: IncomingMessage) => void;
};

/** The path of the stream; group 1 is the uid of the interaction. */
const path = /^\/interaction\/([A-Za-z0-9_-]{1,64})\/events(?:\?|$)/;

/**
 * nginx passes every event on at once with `X-Accel-Buffering: no`. `no-transform` (RFC 9111 §5.2.2.6) keeps
 * proxies from compressing the stream, which would hold events back.
 */
const streamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** @returns a listener that answers true when it has handled the request */
export function createEventsListener(deps: EventsDeps): (req: IncomingMessage, res: ServerResponse) => boolean {
  const { origin, protocol } = new URL(deps.issuer);
  const headers = securityHeadersOf(
    '/interaction',
    "default-src 'none'; frame-ancestors 'none'",
    protocol === 'https:',
  );

  async function serve(req: IncomingMessage, res: ServerResponse, uid: string): Promise<void> {
    deps.checkHost(req);
    assertSameOrigin(req, origin);
    const interaction = await deps.interactions.current(req, res);
    if (interaction?.uid !== uid)
      throw new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
    const interactionId = interactionIdOf(uid);
    const displayed = await deps.tickets.current(interactionId);
    if (res.destroyed) return;
    // Raw until the connection closes: chunk headers would cost two more buffers per write and screen.
    res.useChunkedEncodingByDefault = false;
    // Written at once, so that the response does not keep the headers for as long as it is open.
    res.writeHead(200, { ...headers, ...streamHeaders });
    deps.screens.open(res, interactionId, displayed, interaction.endsAt);
  }

  /** Answers a refusal as a problem document (RFC 9457), or closes a stream that has begun. */
  function refuse(res: ServerResponse, error: unknown): void {
    const refusal = refusalFor(error);
    if (res.headersSent) return void res.destroy();
    res.writeHead(refusal.status, { ...headers, 'Content-Type': 'application/problem+json' });
    res.end(JSON.stringify(problemOf(refusal)));
  }

  return (req, res) => {
    const uid = req.method === 'GET' ? path.exec(req.url ?? '')?.[1] : undefined;
    if (!uid) return false;
    serve(req, res, uid).catch((error: unknown) => refuse(res, error));
    return true;
  };
}
