// The event streams of all waiting screens (protocol.md section 3). One timer rotates every frame, and a
// hint of the ticket events makes a screen read the store again. A screen keeps its response and a dozen
// scalars: no request context, no closure, no account.
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { frameSeconds } from '../../core/ticket/frame.ts';
import type { TicketId, VisibleState } from '../../core/ticket/ticket.ts';
import type { TicketEvents } from '../../core/ticket/ticket-events.ts';
import type { DisplayedTicket, Tickets } from '../../core/ticket/tickets.ts';
import { formatUserCode } from '../../core/ticket/user-code.ts';
import { needsOf } from '../../core/ticket/waiting-page.ts';

export type ScreensDeps = {
  readonly tickets: Tickets;
  readonly events: TicketEvents;
  readonly clock: Clock;
  readonly issuer: string;
  /** Finds a client; null when it is unknown or switched off. */
  readonly findClient: (id: string) => Promise<object | null>;
};

/** What a waiting browser may know of its ticket. It contains nothing personal (security.md B3). */
export type StateMessage = {
  state: VisibleState;
  needs: 'confirmation_code' | null;
  expires_at: number;
  /** The ticket was approved, and the browser did not finish in time; absent otherwise. */
  lapsed?: true;
  /** The number to choose on the phone that was asked; absent when none was asked. */
  number?: string;
};

/**
 * What a screen needs of its ticket to draw frames. Ten thousand screens wait at once, and each would keep
 * the rest of its ticket in memory.
 */
export type Shown = {
  readonly id: TicketId;
  readonly clientId: string;
  readonly handle: string;
  readonly userCode: string;
  readonly issuedAt: number;
  readonly deadlineAt: number;
};

export const shownOf = ({ ticket, handle, userCode }: DisplayedTicket): Shown => ({
  id: ticket.id,
  clientId: ticket.request.clientId,
  handle,
  userCode,
  issuedAt: ticket.issuedAt,
  deadlineAt: ticket.deadlineAt,
});

/** One open stream. Times are epoch seconds; `nextLookAt` is when it reads the store again. */
type Screen = {
  readonly response: ServerResponse;
  readonly endsAt: number;
  shown: Shown | null;
  state: VisibleState | null;
  number: string | null;
  nextFrameAt: number;
  nextBeatAt: number;
  nextLookAt: number;
};

/**
 * The longest time without an event, in any state. Scripts cannot see comment lines, so a `beat` event tells
 * the page that the stream still reaches it (protocol.md section 3).
 */
const beatSeconds = 5;
const beatMessage = 'event: beat\ndata: {}\n\n';
/**
 * The first bytes of every stream. Some proxies hold a response back until a buffer is full, mostly of 4 or
 * 8 KiB, so the first chunk is larger than that. Encoded once, because ten thousand screens may open at once.
 */
const firstChunk = Buffer.from(`:${' '.repeat(8 * 1024)}\nretry: 2000\n\n`);
/** Every screen reads the store this often, so a lost hint costs at most this delay. */
const lookSeconds = 60;
/**
 * The clients of all waiting screens are read this often. A client that was switched off ends its screens.
 */
const clientSeconds = 5;
/**
 * After lost hints or a failure of the store, all screens read it again within this time, spread evenly.
 */
const soonSeconds = 3;
/** Streams per interaction; a further one ends the oldest (security.md G6). */
const maxScreens = 4;
/** A reader that is this far behind is disconnected. It reconnects and gets the present state. */
const maxBacklogBytes = 64 * 1024;

export type Screens = ReturnType<typeof createScreens>;

export function createScreens({ tickets, events, clock, issuer, findClient }: ScreensDeps) {
  let nextClientsAt = clock() + clientSeconds;
  // Both by interaction id: the open streams, and the long polls that wait for a change.
  const screens = new Map<string, Screen[]>();
  const waiters = new Map<string, Set<() => void>>();
  const timer = setInterval(tick, 1000);
  timer.unref();
  const unsubscribe = events.subscribe((interactionId) => {
    if (interactionId === null) return lookSoon();
    for (const wake of waiters.get(interactionId) ?? []) wake();
    if (screens.has(interactionId)) void look(interactionId);
  });

  function tick(): void {
    const now = clock();
    for (const [interactionId, group] of screens) {
      for (const screen of group) advance(screen, interactionId, now);
    }
    if (now < nextClientsAt) return;
    nextClientsAt = now + clientSeconds;
    // When the store fails, the next round tries again.
    endSwitchedOff().catch(() => undefined);
  }

  /**
   * Ends the streams of clients that were switched off. The page reconnects and learns that its sign-in is
   * over.
   */
  async function endSwitchedOff(): Promise<void> {
    const open = [...screens.values()].flat();
    for (const id of new Set(open.map(({ shown }) => shown?.clientId))) {
      if (id === undefined || (await findClient(id))) continue;
      for (const { shown, response } of open) if (shown?.clientId === id) response.end();
    }
  }

  /**
   * One tick of one screen: ends it, reads the store, sends the next frame, or sends a beat.
   */
  function advance(screen: Screen, interactionId: string, now: number): void {
    if (now >= screen.endsAt) return void screen.response.end();
    const isOver = screen.shown && screen.state !== 'expired' && now >= screen.shown.deadlineAt;
    if (isOver || now >= screen.nextLookAt) {
      screen.nextLookAt = now + lookSeconds;
      void look(interactionId);
    } else if (screen.state === 'pending' && now >= screen.nextFrameAt) {
      writeFrame(screen, now);
    } else if (now >= screen.nextBeatAt) {
      write(screen, beatMessage, now);
    }
  }

  /** Lets every screen read the store within `soonSeconds`, and wakes all long polls. */
  function lookSoon(): void {
    let turn = 0;
    for (const group of screens.values())
      for (const screen of group) screen.nextLookAt = clock() + 1 + (turn++ % soonSeconds);
    for (const group of waiters.values()) for (const wake of group) wake();
  }

  /**
   * Brings every screen of the interaction to the state in the store. After a failure it is tried again
   * soon.
   */
  async function look(interactionId: string): Promise<void> {
    const displayed = await tickets.current(interactionId).catch(() => {
      for (const screen of screens.get(interactionId) ?? []) screen.nextLookAt = clock() + soonSeconds;
      return null;
    });
    if (!displayed) return;
    for (const screen of screens.get(interactionId) ?? []) show(screen, displayed);
  }

  /**
   * Sends the difference between what the screen shows and the ticket: a state, and the first frame of a
   * new ticket.
   */
  function show(screen: Screen, displayed: DisplayedTicket): void {
    const now = clock();
    const state = tickets.state(displayed.ticket);
    const isNew = screen.shown?.id !== displayed.ticket.id;
    const isChanged = isNew || state !== screen.state || displayed.number !== screen.number;
    screen.shown = shownOf(displayed);
    screen.state = state;
    screen.number = displayed.number;
    if (isChanged) write(screen, message('state', stateMessage(displayed, state)), now);
    if (isNew && state === 'pending') writeFrame(screen, now);
  }

  /** Sends the present frame and plans the next rotation, aligned to the ticket's `issuedAt`. */
  function writeFrame(screen: Screen, now: number): void {
    if (!screen.shown) return;
    const { issuedAt } = screen.shown;
    screen.nextFrameAt = issuedAt + (Math.floor((now - issuedAt) / frameSeconds) + 1) * frameSeconds;
    write(screen, message('frame', frameMessage(screen.shown)), now);
  }

  /** Writes to one stream, or disconnects a reader that is too far behind. */
  function write(screen: Screen, text: string, now: number): void {
    screen.nextBeatAt = now + beatSeconds;
    // Ended, and still in the list because its reader has not taken the end yet.
    if (screen.response.writableEnded) return;
    if (screen.response.writableLength > maxBacklogBytes) return void screen.response.destroy();
    screen.response.write(text);
  }

  /** The present frame as the page draws it: the link in the QR code, and the user code to type. */
  function frameMessage({ handle, userCode, issuedAt, deadlineAt }: Shown) {
    return {
      qr: `${issuer}/q/${tickets.frameOf(handle, issuedAt)}`,
      user_code: formatUserCode(userCode),
      expires_at: deadlineAt,
    };
  }

  function remove(interactionId: string, response: ServerResponse): void {
    const rest = (screens.get(interactionId) ?? []).filter((screen) => screen.response !== response);
    if (rest.length > 0) screens.set(interactionId, rest);
    else screens.delete(interactionId);
  }

  return {
    /**
     * Takes over a response whose head is written, and serves the event stream until the browser leaves or
     * `endsAt`.
     */
    open(response: ServerResponse, interactionId: string, displayed: DisplayedTicket | null, endsAt: number): void {
      const now = clock();
      response.write(firstChunk);
      const screen: Screen = {
        response,
        endsAt,
        shown: null,
        state: null,
        number: null,
        nextFrameAt: 0,
        nextBeatAt: 0,
        nextLookAt: now + lookSeconds,
      };
      const group = screens.get(interactionId) ?? [];
      if (group.length >= maxScreens) group.shift()?.response.end();
      screens.set(interactionId, [...group, screen]);
      response.once('close', () => remove(interactionId, response));
      if (displayed) show(screen, displayed);
      else screen.nextBeatAt = now + beatSeconds;
    },

    /** Resolves when the interaction may have changed, after `seconds`, or when the signal aborts. */
    waitForChange(interactionId: string, seconds: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const group = waiters.get(interactionId) ?? new Set();
        waiters.set(interactionId, group);
        const done = () => {
          clearTimeout(timeout);
          signal.removeEventListener('abort', done);
          group.delete(done);
          if (group.size === 0) waiters.delete(interactionId);
          resolve();
        };
        const timeout = setTimeout(done, seconds * 1000);
        group.add(done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      });
    },

    stateMessage,
    frameMessage,

    /**
     * Ends all streams and waits. Browsers reconnect after their retry time, to another node if there is
     * one.
     */
    close(): void {
      clearInterval(timer);
      unsubscribe();
      for (const { response } of [...screens.values()].flat())
        if (!response.writableEnded) response.end('retry: 1000\n\n');
      for (const group of waiters.values()) for (const wake of group) wake();
    },
  };
}

const stateMessage = ({ ticket, number }: DisplayedTicket, state: VisibleState): StateMessage => ({
  state,
  needs: needsOf(ticket),
  expires_at: ticket.deadlineAt,
  ...(state === 'expired' && ticket.state === 'approved' && { lapsed: true as const }),
  ...(number !== null && state !== 'expired' && { number }),
});

/** One server-sent event (HTML Living Standard, section 9.2). */
const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
