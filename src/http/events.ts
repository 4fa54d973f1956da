// `GET /interaction/:uid/events`, served before Koa so that no request context stays alive behind a waiting screen.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interactions } from '../oidc/interaction.ts';
import { interactionIdOf, type Tickets } from '../ticket/tickets.ts';
import { assertSameOrigin } from './csrf.ts';
import { HttpError, problemOf, refusalFor } from './refusals.ts';
import type { Screens } from './sse.ts';

export type EventsDeps = {
  readonly origin: string;
  readonly interactions: Interactions;
  readonly tickets: Tickets;
  readonly screens: Screens;
  /** @throws HttpError `host_unknown` */
  readonly checkHost: (req: IncomingMessage) => void;
};

const path = /^\/interaction\/([A-Za-z0-9_-]{1,64})\/events(?:\?|$)/;

/** @returns a listener that answers true when the request was its own. */
export function createEventsListener(deps: EventsDeps): (req: IncomingMessage, res: ServerResponse) => boolean {
  async function serve(req: IncomingMessage, res: ServerResponse, uid: string): Promise<void> {
    deps.checkHost(req);
    assertSameOrigin(req, deps.origin);
    const interaction = await deps.interactions.current(req, res);
    if (interaction?.uid !== uid)
      throw new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
    const interactionId = interactionIdOf(uid);
    const displayed = await deps.tickets.current(interactionId);
    if (!res.destroyed) deps.screens.open(res, interactionId, displayed, interaction.endsAt);
  }

  return (req, res) => {
    const uid = req.method === 'GET' ? path.exec(req.url ?? '')?.[1] : undefined;
    if (!uid) return false;
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    serve(req, res, uid).catch((error: unknown) => refuse(res, error));
    return true;
  };
}

function refuse(res: ServerResponse, error: unknown): void {
  const refusal = refusalFor(error);
  if (res.headersSent) return void res.destroy();
  res.writeHead(refusal.status, { 'Content-Type': 'application/problem+json' });
  res.end(JSON.stringify(problemOf(refusal)));
}
