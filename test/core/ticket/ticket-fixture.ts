// A fresh ticket and the lifetimes that the tests of the ticket rules share.
import type { Ticket, TicketId } from '../../../src/core/ticket/ticket.ts';

/** Three different lifetimes, in seconds: a test then sees which of them a rule used. */
export const lifetimes = { pendingSeconds: 120, decisionSeconds: 100, finishSeconds: 60 };

/** When the ticket was issued (epoch seconds). */
export const issuedAt = 1_000_000;

/** When the whole interaction ends (epoch seconds). */
export const endsAt = issuedAt + 600;

/** A pending ticket as it is issued, with `change` laid over it. */
export const freshTicket = (change: Partial<Ticket> = {}): Ticket => ({
  id: 'id' as TicketId,
  state: 'pending',
  interactionId: 'interaction',
  sequence: 1,
  userCodeHash: 'code',
  sealedSecrets: 'sealed',
  request: {
    clientId: 'web',
    redirectUri: 'https://rp.example/cb',
    scopes: ['openid'],
    authenticatedSince: null,
    maxAgeSeconds: null,
    correlationId: 'cid',
  },
  browser: { browserHash: 'browser', name: 'Chrome', system: 'Linux', address: '192.0.2.1' },
  issuedAt,
  deadlineAt: issuedAt + lifetimes.pendingSeconds,
  endsAt,
  scan: null,
  secondScans: 0,
  decision: null,
  ...change,
});
