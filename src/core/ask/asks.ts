// Use-cases of "Ask my phone": whom a browser may ask, whether the phones ring, and what waits for them.
// Against prompt bombing (security.md G4) an account has one open request and a limit per hour, and a browser
// whose requests are denied twice in a row may not ask for an hour.

import type { Clock } from '../../clock.ts';
import { randomSecret } from '../../crypto.ts';
import type { Audit } from '../audit/audit.ts';
import type { Client } from '../client/client.ts';
import type { Browsers } from '../device/browsers.ts';
import type { LimitRule, Limits } from '../limit/limit.ts';
import { type Ticket, TicketError } from '../ticket/ticket.ts';
import type { LocatedTicket, Tickets } from '../ticket/tickets.ts';
import { stateAt } from '../ticket/transition.ts';
import type { Ask, AskId, AskOutcome } from './ask.ts';
import type { AskStore } from './ask-store.ts';

/** A request with its ticket and client, as the phone shows it. */
export type WaitingAsk = { readonly ask: Ask; readonly ticket: Ticket; readonly client: Client };

export type AsksDeps = {
  readonly store: AskStore;
  readonly tickets: Tickets;
  readonly browsers: Browsers;
  readonly limits: Limits;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Maximum number of requests per account and hour. */
  readonly perHour: number;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<object | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
  /** Notifies the account's phones. Returns at once and never throws. */
  readonly ring: (waiting: WaitingAsk) => void;
};

export type Asks = ReturnType<typeof createAsks>;

/** Denials in a row; an approval starts the count again. */
const denials: LimitRule = { name: 'asks denied', points: 2, windowSeconds: 86_400 };
const muted: LimitRule = { name: 'asks muted', points: 0, windowSeconds: 3600 };

export function createAsks(deps: AsksDeps) {
  const { store, tickets, browsers, limits, audit, clock, findAccount, findClient } = deps;
  const perAccount: LimitRule = { name: 'asks of account', points: deps.perHour, windowSeconds: 3600 };
  const sourceOf = (accountId: string, browserHash: string): string => `${accountId} ${browserHash}`;

  /** Decides whether the phones ring, and stores the request if they do. */
  async function judge(ask: Ask): Promise<AskOutcome> {
    if ((await limits.count(muted, sourceOf(ask.accountId, ask.browserHash))) > 0) return 'muted';
    if (!(await open(ask))) return 'open';
    const { count } = await limits.add(perAccount, ask.accountId);
    if (count <= perAccount.points) return 'rung';
    await store.close(ask.accountId, ask.id);
    return 'limited';
  }

  /** A request whose ticket is decided or expired is replaced. */
  async function open(ask: Ask): Promise<boolean> {
    if (await store.open(ask)) return true;
    const present = await store.find(ask.accountId);
    if (present && (await isUndecided(present))) return false;
    if (present) await store.close(present.accountId, present.id);
    return store.open(ask);
  }

  async function isUndecided({ ticketId }: Ask): Promise<boolean> {
    const ticket = await tickets.findById(ticketId);
    return ticket !== null && ['pending', 'scanned'].includes(stateAt(ticket, clock()));
  }

  async function waitingOf(ask: Ask): Promise<WaitingAsk | null> {
    const ticket = await tickets.findById(ask.ticketId);
    const client = ticket && (await findClient(ticket.request.clientId));
    return ticket && client && stateAt(ticket, clock()) === 'pending' ? { ask, ticket, client } : null;
  }

  return {
    /** Returns the accounts that trust this browser and can sign in, the last to use it first. */
    async askable(browserHash: string): Promise<string[]> {
      const trusting = await browsers.trustedBy(browserHash);
      const accounts = await Promise.all(trusting.map(findAccount));
      return trusting.filter((_, i) => accounts[i] !== null);
    },

    /**
     * Asks the account's phones for the browser of this ticket. The outcome is recorded and told to nobody.
     */
    async start(ticket: Ticket, accountId: string): Promise<void> {
      const id = randomSecret(128) as AskId;
      const { browserHash } = ticket.browser;
      const ask: Ask = { id, accountId, browserHash, ticketId: ticket.id, expiresAt: ticket.endsAt };
      const outcome = await judge(ask);
      await audit.ticketAsked(ticket, accountId, outcome);
      const waiting = outcome === 'rung' ? await waitingOf(ask) : null;
      if (waiting) deps.ring(waiting);
    },

    /** Returns the account's request while its ticket is unclaimed, or null. */
    async waiting(accountId: string): Promise<WaitingAsk | null> {
      const ask = await store.find(accountId);
      return ask && waitingOf(ask);
    },

    /**
     * Finds the ticket of the account's request.
     * @throws TicketError `ticket_not_found`, alike for unknown, foreign and ended requests
     */
    async locate(accountId: string, id: string): Promise<LocatedTicket> {
      const ask = await store.find(accountId);
      if (ask?.id !== id) throw new TicketError('ticket_not_found', 'There is no such request.');
      return tickets.locateAsked(ask.ticketId);
    },

    /** Called after a phone decided. Decisions about tickets that no phone was asked about are ignored. */
    async noteDecision(ticket: Ticket, outcome: 'approved' | 'denied'): Promise<void> {
      if (ticket.scan?.channel !== 'ask') return;
      const { accountId } = ticket.scan;
      const source = sourceOf(accountId, ticket.browser.browserHash);
      const present = await store.find(accountId);
      if (present?.ticketId === ticket.id) await store.close(accountId, present.id);
      if (outcome === 'approved') return limits.clear(denials, source);
      const { count } = await limits.add(denials, source);
      if (count < denials.points) return;
      await limits.add(muted, source);
      await limits.clear(denials, source);
    },
  };
}
