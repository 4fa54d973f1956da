// Use-cases of a ticket: issue, locate, claim, approve, deny, cancel, consume, poll. This file makes and
// checks the secrets around the pure rules of ticket.ts. Who may approve under which policy is left to
// core/approval/decisions.ts.
import type { Clock } from '../../clock.ts';
import { digest, randomSecret, type Vault } from '../../crypto.ts';
import { normaliseConfirmationCode } from './confirmation-code.ts';
import { type Frame, handlePattern, issueFrame, judgeFrameAge, parseFrame, slotAt, verifyFrame } from './frame.ts';
import {
  type BrowserFacts,
  type Decision,
  type RequestFacts,
  type Scan,
  type ScreenRequest,
  type Ticket,
  TicketError,
  type TicketEvent,
  type TicketId,
  type TicketLifetimes,
} from './ticket.ts';
import type { TicketEvents } from './ticket-events.ts';
import type { Polled, PollPace, TicketStore } from './ticket-store.ts';
import { stateAt, transition } from './transition.ts';
import { generateUserCode, normaliseUserCode } from './user-code.ts';
import { drawNumbers } from './waiting-page.ts';

export type TicketsDeps = {
  readonly store: TicketStore;
  readonly events: TicketEvents;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly lifetimes: TicketLifetimes;
};

export type Tickets = ReturnType<typeof createTickets>;

/** A ticket with the secrets that only the waiting side may show. */
export type DisplayedTicket = {
  readonly ticket: Ticket;
  readonly handle: string;
  readonly userCode: string;
  /** The number to choose on the phone that was asked. Null when there is none. */
  readonly number: string | null;
};

/** A ticket found by a claim. `frameAgeSeconds` is null for a typed user code. */
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

  /**
   * `inspect` receives the ticket before the change. Stores may retry, so it can run more than once; the last
   * call is the one that was committed.
   */
  async function apply(
    id: TicketId,
    event: TicketEvent,
    inspect: (before: Ticket) => void = () => undefined,
  ): Promise<Ticket> {
    const ticket = await store.update(id, (current) => {
      inspect(current);
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

  /** Ends the interaction's live ticket, if any, so that only one code of a page is valid at a time. */
  async function retire(previous: Ticket | null): Promise<void> {
    if (!previous) return;
    await store.update(previous.id, (current) => {
      if (current.state === 'cancelled' || stateAt(current, clock()) === 'expired') return current;
      return transition(current, { type: 'cancel' }, clock(), lifetimes);
    });
  }

  return {
    /**
     * Issues the interaction's next ticket and ends the previous one.
     * @throws TicketError `ticket_already_decided` when the previous one was denied or consumed; the
     *   interaction is over then
     */
    async issue(input: {
      interactionId: string;
      request: RequestFacts;
      browser: BrowserFacts;
      /** Epoch seconds. For a screen it includes the time to fetch an approval of the last second. */
      endsAt: number;
      screen?: ScreenRequest;
      /** Absent: a random handle is generated. */
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

    /** The interaction's current ticket with its secrets, null before the first. For the waiting side. */
    async current(interactionId: string): Promise<DisplayedTicket | null> {
      const ticket = await store.findByInteraction(interactionId);
      return ticket ? reveal(ticket) : null;
    },

    /** Returns the frame to show now for a ticket that was issued at `issuedAt`. */
    frameOf: (handle: string, issuedAt: number): string => issueFrame(frameKey, handle, slotAt(issuedAt, clock())),

    findById: (id: TicketId): Promise<Ticket | null> => store.find(id),

    find: (handle: string): Promise<Ticket | null> => store.find(ticketIdOf(handle)),

    /**
     * Finds the ticket of a scanned frame, or of a screen's bare handle, which is valid as long as the
     * ticket. Changes nothing.
     * @param openedAt when the phone first opened the link, if it had to sign in before claiming
     * @param deviceId who claims. A frame is judged at the first claim only, whose answer may have got lost
     * @throws TicketError `ticket_not_found`, alike for forged and unknown frames; `frame_stale`
     */
    async locateFrame(text: string, openedAt: number = clock(), deviceId = ''): Promise<LocatedTicket> {
      if (handlePattern.test(text)) return locateScreen(text);
      const frame: Frame = parseFrame(text);
      verifyFrame(frameKey, frame);
      const ticket = await store.find(ticketIdOf(frame.handle));
      if (!ticket) throw notFound();
      const { scan } = ticket;
      const frameAgeSeconds =
        scan?.deviceId === deviceId ? scan.frameAgeSeconds : judgeFrameAge(frame, ticket.issuedAt, openedAt);
      return { ticket, handle: frame.handle, frameAgeSeconds };
    },

    /**
     * Finds the ticket of a typed user code.
     * @throws TicketError `ticket_not_found`, alike for malformed and unknown codes
     */
    async locateUserCode(typed: string): Promise<LocatedTicket> {
      const code = normaliseUserCode(typed);
      const ticket = code ? await store.findByUserCode(userCodeHash(code)) : null;
      if (!ticket) throw notFound();
      return { ticket, handle: reveal(ticket).handle, frameAgeSeconds: null };
    },

    /**
     * The waiting browser asked for the phone: draws the number. `isFirst`: this ticket had not asked before.
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
     * Claims the ticket for a device. `isFirst` is false when the same device claims again. The returned
     * approval token is known to nobody else.
     * @throws TicketError `ticket_already_scanned` (the second scan is counted), `ticket_already_decided`,
     *   `ticket_expired`
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
     * Approves the ticket. `confirmationCode` is what the waiting browser must enter, or null. `by.number` is
     * the number chosen on a phone that was asked.
     * @returns the ticket; its state is `denied` when the number was wrong
     * @throws TicketError
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

    /** Denies the ticket; final. @throws TicketError */
    deny: (id: TicketId, by: { deviceId: string; approvalToken: string }): Promise<Ticket> =>
      apply(id, { type: 'deny', deviceId: by.deviceId, approvalTokenHash: digest(by.approvalToken) }),

    /** Cancels the ticket from the waiting side; final. @throws TicketError */
    cancel: (id: TicketId): Promise<Ticket> => apply(id, { type: 'cancel' }),

    /**
     * Consumes the approval. It succeeds once, for the interaction of the ticket, and with the right
     * confirmation code where one is required. A wrong code uses up a try in the same atomic step; the last
     * try cancels the ticket.
     * @throws TicketError `confirmation_code_wrong` with `triesLeft`, `ticket_not_approved`,
     *   `ticket_already_decided`, `ticket_expired`, `ticket_not_found`
     */
    async consume(id: TicketId, interactionId: string, confirmationCode: string | null): Promise<Ticket> {
      const entered = confirmationCode && confirmationHash(id, normaliseConfirmationCode(confirmationCode));
      const ticket = await store.update(id, (current) => {
        const consumed = transition(current, { type: 'consume', interactionId }, clock(), lifetimes);
        const expected = current.decision?.confirmationCodeHash ?? null;
        if (expected === null || expected === entered) return consumed;
        // A request without a code only asks whether one is needed. It uses up no try.
        if (entered === null) throw wrongCode(current);
        return transition(current, { type: 'wrong_confirmation' }, clock(), lifetimes);
      });
      if (!ticket) throw notFound();
      if (ticket.state !== 'approved') await events.publish(ticket.interactionId);
      if (ticket.state !== 'consumed') throw wrongCode(ticket);
      return ticket;
    },

    /** Records a poll as TicketStore.poll does. @returns null for an unknown handle */
    poll: (handle: string, pace: PollPace): Promise<Polled | null> => store.poll(ticketIdOf(handle), pace, clock()),

    /** Finds the current ticket of an interaction, without its secrets. */
    findByInteraction: (interactionId: string): Promise<Ticket | null> => store.findByInteraction(interactionId),

    userCodeOf: (ticket: Ticket): string => reveal(ticket).userCode,

    finishSeconds: lifetimes.finishSeconds,

    state: (ticket: Ticket) => stateAt(ticket, clock()),

    /** The digest under which an approval token is stored. */
    tokenHash: digest,
  };
}

const notFound = () => new TicketError('ticket_not_found', 'There is no such ticket.');

const wrongCode = (ticket: Ticket) =>
  new TicketError('confirmation_code_wrong', 'The confirmation code is missing or wrong.', {
    facts: { triesLeft: ticket.decision?.triesLeft ?? 0 },
  });
