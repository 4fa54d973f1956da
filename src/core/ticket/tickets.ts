// Use-cases of a ticket: issue, scan, approve, deny, cancel, consume, watch. Makes and checks the secrets around the pure core;
// who may approve under which policy is decided by core/approval/decisions.ts.
import { randomInt } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { digest, randomSecret, type Vault } from '../../crypto.ts';
import { type Frame, handlePattern, issueFrame, judgeFrameAge, parseFrame, slotAt, verifyFrame } from './frame.ts';
import {
  type BrowserFacts,
  type Decision,
  type RequestFacts,
  type Scan,
  type ScreenRequest,
  stateAt,
  type Ticket,
  TicketError,
  type TicketEvent,
  type TicketId,
  type TicketLifetimes,
  transition,
} from './ticket.ts';
import type { TicketEvents } from './ticket-events.ts';
import type { Polled, PollPace, TicketStore } from './ticket-store.ts';
import { generateUserCode, normaliseUserCode } from './user-code.ts';

/** After this many tickets in a row the page stops renewing by itself (protocol.md 2). */
export const automaticTickets = 5;

export type TicketsDeps = {
  readonly store: TicketStore;
  readonly events: TicketEvents;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly lifetimes: TicketLifetimes;
};

export type Tickets = ReturnType<typeof createTickets>;

/** A ticket with the secrets that only the waiting browser may show. */
export type DisplayedTicket = {
  readonly ticket: Ticket;
  readonly handle: string;
  readonly userCode: string;
  /** To be chosen on the phone that was asked; null while there is nothing to choose. */
  readonly number: string | null;
};

/** How a claim found its ticket. `frameAgeSeconds` is null for a typed user code. */
export type LocatedTicket = {
  readonly ticket: Ticket;
  readonly handle: string;
  readonly frameAgeSeconds: number | null;
};

export const ticketIdOf = (handle: string): TicketId => digest(handle) as TicketId;
export const interactionIdOf = (uid: string): string => digest(uid);

export function createTickets({ store, events, vault, clock, lifetimes }: TicketsDeps) {
  const frameKey = vault.deriveKeyObject('frame');
  const userCodeHash = (code: string) => vault.mac(code, 'user code');
  const numberHash = (id: TicketId, number: string) => vault.mac(`${id}.${number}`, 'number');
  const confirmationHash = (id: TicketId, code: string) => vault.mac(`${id}.${code}`, 'confirmation code');

  /** `see`: told of the ticket as it was just before; the last time it is told counts. */
  async function apply(
    id: TicketId,
    event: TicketEvent,
    see: (before: Ticket) => void = () => undefined,
  ): Promise<Ticket> {
    const ticket = await store.update(id, (current) => {
      see(current);
      return transition(current, event, clock(), lifetimes);
    });
    if (!ticket) throw notFound();
    await events.publish(ticket.interactionId);
    return ticket;
  }

  function reveal(ticket: Ticket): DisplayedTicket {
    const [handle = '', userCode = ''] = vault.open(ticket.sealedSecrets, ticket.id).split('.');
    return { ticket, handle, userCode, number: numberOf(ticket) };
  }

  function numberOf({ id, asked, state, scan }: Ticket): string | null {
    const isShown = state === 'pending' || (state === 'scanned' && scan?.channel === 'ask');
    return asked && isShown ? vault.open(asked.sealedNumber, id) : null;
  }

  async function locateScreen(handle: string): Promise<LocatedTicket> {
    const ticket = await store.find(ticketIdOf(handle));
    if (!ticket?.screen) throw notFound();
    return { ticket, handle, frameAgeSeconds: null };
  }

  /** Ends the interaction's live ticket, if any, so that only one code of a page is ever valid. */
  async function retire(previous: Ticket | null): Promise<void> {
    if (!previous) return;
    await store.update(previous.id, (current) => {
      if (current.state === 'cancelled' || stateAt(current, clock()) === 'expired') return current;
      return transition(current, { type: 'cancel' }, clock(), lifetimes);
    });
  }

  return {
    /**
     * Issues the interaction's next ticket and retires the one before.
     * @throws TicketError `ticket_already_decided` when the one before was denied or consumed: the interaction is over.
     */
    async issue(input: {
      interactionId: string;
      request: RequestFacts;
      browser: BrowserFacts;
      /** Of a screen's request also the time that it has to fetch what was approved at the last moment. */
      endsAt: number;
      screen?: ScreenRequest;
      /** Absent: a random one. */
      handle?: string;
    }): Promise<DisplayedTicket> {
      const { handle = randomSecret(128), ...given } = input;
      const previous = await store.findByInteraction(input.interactionId);
      await retire(previous);
      const userCode = generateUserCode();
      const id = ticketIdOf(handle);
      const now = clock();
      const ticket: Ticket = {
        ...given,
        id,
        state: 'pending',
        sequence: (previous?.sequence ?? 0) + 1,
        userCodeHash: userCodeHash(userCode),
        sealedSecrets: vault.seal(`${handle}.${userCode}`, id),
        issuedAt: now,
        deadlineAt: input.screen
          ? input.endsAt - lifetimes.finishSeconds
          : Math.min(now + lifetimes.pendingSeconds, input.endsAt),
        scan: null,
        secondScans: 0,
        decision: null,
      };
      await store.create(ticket);
      await events.publish(ticket.interactionId);
      return { ticket, handle, userCode, number: null };
    },

    /** The interaction's current ticket with its secrets, for the waiting browser only; null before the first. */
    async current(interactionId: string): Promise<DisplayedTicket | null> {
      const ticket = await store.findByInteraction(interactionId);
      return ticket ? reveal(ticket) : null;
    },

    /** The frame on show now, of a ticket issued at `issuedAt`. */
    frameOf: (handle: string, issuedAt: number): string => issueFrame(frameKey, handle, slotAt(issuedAt, clock())),

    findById: (id: TicketId): Promise<Ticket | null> => store.find(id),

    find: (handle: string): Promise<Ticket | null> => store.find(ticketIdOf(handle)),

    /**
     * Finds the ticket of a scanned frame, or a screen's by its handle alone, which is good for as long as the ticket. Changes nothing.
     * `openedAt`: when the phone first opened the link, if that was judged before (a phone that had to sign in first).
     * @throws TicketError `ticket_not_found`, alike for forged and unknown frames; `frame_stale`.
     */
    async locateFrame(text: string, openedAt: number = clock()): Promise<LocatedTicket> {
      if (handlePattern.test(text)) return locateScreen(text);
      const frame: Frame = parseFrame(text);
      verifyFrame(frameKey, frame);
      const ticket = await store.find(ticketIdOf(frame.handle));
      if (!ticket) throw notFound();
      return { ticket, handle: frame.handle, frameAgeSeconds: judgeFrameAge(frame, ticket.issuedAt, openedAt) };
    },

    /** Finds the ticket of a typed user code. @throws TicketError `ticket_not_found`, alike for malformed and unknown codes. */
    async locateUserCode(typed: string): Promise<LocatedTicket> {
      const code = normaliseUserCode(typed);
      const ticket = code ? await store.findByUserCode(userCodeHash(code)) : null;
      if (!ticket) throw notFound();
      return { ticket, handle: reveal(ticket).handle, frameAgeSeconds: null };
    },

    /**
     * The waiting browser asks for the phone: makes the number that is to be chosen there. `isFirst`: it had not asked by this ticket before.
     * @throws TicketError `ticket_already_scanned`, `ticket_already_decided`, `ticket_expired`
     */
    async ask(id: TicketId): Promise<DisplayedTicket & { isFirst: boolean }> {
      const { choices, number } = drawNumbers();
      const asked = { choices, numberHash: numberHash(id, number), sealedNumber: vault.seal(number, id) };
      let isFirst = false;
      const ticket = await apply(id, { type: 'ask', asked }, (before) => {
        isFirst = before.asked === undefined;
      });
      return { ...reveal(ticket), isFirst };
    },

    /** Finds the ticket that a phone was asked about. @throws TicketError `ticket_not_found` */
    async locateAsked(id: TicketId): Promise<LocatedTicket> {
      const ticket = await store.find(id);
      if (!ticket?.asked) throw notFound();
      return { ticket, handle: reveal(ticket).handle, frameAgeSeconds: null };
    },

    /**
     * Claims. Returns the approval token, known to nobody else from here on. `isFirst`: not the same phone's claim once more.
     * @throws TicketError `ticket_already_scanned` (and counts the second scan), `ticket_already_decided`, `ticket_expired`.
     */
    async scan(
      id: TicketId,
      scan: Omit<Scan, 'at' | 'approvalTokenHash'>,
    ): Promise<{ ticket: Ticket; approvalToken: string; isFirst: boolean }> {
      const approvalToken = randomSecret(256);
      try {
        const event = { type: 'scan', scan: { ...scan, approvalTokenHash: digest(approvalToken) } } as const;
        let isFirst = false;
        const ticket = await apply(id, event, ({ state }) => {
          isFirst = state === 'pending';
        });
        return { ticket, approvalToken, isFirst };
      } catch (error) {
        if (error instanceof TicketError && error.code === 'ticket_already_scanned')
          await apply(id, { type: 'second_scan' });
        throw error;
      }
    },

    /**
     * Approves; `confirmationCode` is what the waiting browser must then enter, or null. `number`: as chosen by who was asked.
     * @returns the ticket, denied when the number was wrong. @throws TicketError
     */
    approve: (
      id: TicketId,
      by: { deviceId: string; approvalToken: string; number: string | null; isUserCodeConfirmed: boolean },
      decision: Omit<Decision, 'at' | 'triesLeft' | 'confirmationCodeHash'>,
      confirmationCode: string | null,
    ): Promise<Ticket> =>
      apply(id, {
        type: 'approve',
        deviceId: by.deviceId,
        approvalTokenHash: digest(by.approvalToken),
        numberHash: by.number === null ? null : numberHash(id, by.number),
        isUserCodeConfirmed: by.isUserCodeConfirmed,
        decision: { ...decision, confirmationCodeHash: confirmationCode && confirmationHash(id, confirmationCode) },
      }),

    /** Refuses for good. @throws TicketError */
    deny: (id: TicketId, by: { deviceId: string; approvalToken: string }): Promise<Ticket> =>
      apply(id, { type: 'deny', deviceId: by.deviceId, approvalTokenHash: digest(by.approvalToken) }),

    /** Ends from the waiting browser's side. @throws TicketError */
    cancel: (id: TicketId): Promise<Ticket> => apply(id, { type: 'cancel' }),

    /**
     * Uses the approval up: succeeds once, for the interaction it was issued for, with the right confirmation code where one is asked.
     * A wrong code costs a try in the same atomic step; the fifth cancels the ticket.
     * @throws TicketError `confirmation_code_wrong` with `triesLeft`, `ticket_not_approved`, `ticket_already_decided`, `ticket_expired`, `ticket_not_found`.
     */
    async consume(id: TicketId, interactionId: string, confirmationCode: string | null): Promise<Ticket> {
      const entered = confirmationCode === null ? null : confirmationHash(id, confirmationCode.replace(/\s/g, ''));
      const ticket = await store.update(id, (current) => {
        const consumed = transition(current, { type: 'consume', interactionId }, clock(), lifetimes);
        const expected = current.decision?.confirmationCodeHash ?? null;
        if (expected === null || expected === entered) return consumed;
        // Asking without a code is the page finding out that one is needed; it costs no try.
        if (entered === null) throw wrongCode(current);
        return transition(current, { type: 'wrong_confirmation' }, clock(), lifetimes);
      });
      if (!ticket) throw notFound();
      if (ticket.state !== 'approved') await events.publish(ticket.interactionId);
      if (ticket.state !== 'consumed') throw wrongCode(ticket);
      return ticket;
    },

    /** As the store's: null for a handle that is unknown. */
    poll: (handle: string, pace: PollPace): Promise<Polled | null> => store.poll(ticketIdOf(handle), pace, clock()),

    /** By what only the waiting side knows; without its secrets. */
    findByInteraction: (interactionId: string): Promise<Ticket | null> => store.findByInteraction(interactionId),

    userCodeOf: (ticket: Ticket): string => reveal(ticket).userCode,

    finishSeconds: lifetimes.finishSeconds,

    state: (ticket: Ticket) => stateAt(ticket, clock()),

    /** As an approval token is kept. */
    tokenHash: digest,
  };
}

/** What the waiting browser still has to enter. */
export const needsOf = (ticket: Ticket): 'confirmation_code' | null =>
  ticket.state === 'approved' && ticket.decision?.confirmationCodeHash ? 'confirmation_code' : null;

/** Whether the page renews this ticket by itself when it expires unscanned. */
export const isRenewedAutomatically = (ticket: Ticket): boolean => ticket.sequence % automaticTickets !== 0;

/** Three different ones of two digits: enough against a tap without a look, and one reads them at a glance. */
function drawNumbers(): { choices: string[]; number: string } {
  const drawn = new Set<string>();
  while (drawn.size < 3) drawn.add(String(randomInt(10, 100)));
  const choices = [...drawn];
  return { choices, number: choices[randomInt(choices.length)] ?? '' };
}

const notFound = () => new TicketError('ticket_not_found', 'There is no such ticket.');

const wrongCode = (ticket: Ticket) =>
  new TicketError('confirmation_code_wrong', 'The confirmation code is missing or wrong.', {
    facts: { triesLeft: ticket.decision?.triesLeft ?? 0 },
  });
