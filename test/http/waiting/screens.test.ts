// The event streams of waiting browsers under back-pressure (security.md G6, protocol.md 3). A reader that
// falls behind is disconnected, so its backlog is bounded, and other readers are not affected. Real
// responses write to a stream in memory.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TicketId, TicketState } from '../../../src/core/ticket/ticket.ts';
import type { DisplayedTicket, Tickets } from '../../../src/core/ticket/tickets.ts';
import { createScreens, type Screens } from '../../../src/http/waiting/screens.ts';
import { createClock } from '../../store/conformance/fixture.ts';
import { buildTicket } from '../../store/records.ts';

const maxBacklogBytes = 64 * 1024;
const clock = createClock();
const start = clock.now;
let screens: Screens;
let state: TicketState;
let hint: (interactionId: string | null) => void;
let looks: number;

const displayed = (): DisplayedTicket => ({
  ticket: buildTicket(start, { id: 'id' as TicketId, state, deadlineAt: start + 100_000, endsAt: start + 100_000 }),
  handle: 'h'.repeat(22),
  userCode: 'BCDFGHJK',
  number: null,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  clock.now = start;
  state = 'pending';
  looks = 0;
  const tickets = {
    current: async () => {
      looks += 1;
      return displayed();
    },
    state: ({ state: stored }: { state: TicketState }) => stored,
    frameOf: (handle: string, issuedAt: number) => `${handle}.${clock() - issuedAt}.${'m'.repeat(11)}`,
  } as unknown as Tickets;
  const events = {
    publish: async () => undefined,
    subscribe: (listener: (interactionId: string | null) => void) => {
      hint = listener;
      return () => undefined;
    },
  };
  screens = createScreens({ tickets, events, clock, issuer: 'https://id.example', findClient: async () => ({}) });
});
afterEach(() => {
  screens.close();
  vi.useRealTimers();
});

/** A response to a browser. `isSlow`: the browser takes nothing, as a phone does that went to sleep. */
function openScreen(interactionId: string, isSlow = false, endsAt = start + 100_000) {
  let text = '';
  const wire = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      text += String(chunk);
      if (!isSlow) done();
    },
  });
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.useChunkedEncodingByDefault = false;
  response.assignSocket(wire as Socket);
  // As Node's server does it.
  response.on('finish', () => {
    response.detachSocket(wire as Socket);
    response.emit('close');
  });
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  screens.open(response, interactionId, displayed(), endsAt);
  return { response, received: () => text };
}

/** Passes the time second by second, as the timer of the streams sees it. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.now += 1;
    vi.advanceTimersByTime(1000);
  }
  await new Promise((resolve) => setImmediate(resolve));
}

const countOf = (text: string, piece: string) => text.split(piece).length - 1;

describe('a reader that keeps up', () => {
  it('gets a frame at every fifth second and keeps no backlog', async () => {
    const { response, received } = openScreen('a');
    await pass(4);
    expect(countOf(received(), 'event: frame')).toBe(1);
    await pass(1);
    expect(countOf(received(), 'event: frame')).toBe(2);
    await pass(50);
    expect(countOf(received(), 'event: frame')).toBe(12);
    expect(response.writableLength).toBe(0);
  });

  it.each(['scanned', 'approved', 'denied', 'cancelled', 'consumed'] as const)(
    'gets an event at least every 5 seconds while the ticket is %s, because scripts cannot see comments',
    async (present) => {
      state = present;
      const { received } = openScreen('a');
      await pass(4);
      expect(countOf(received(), 'event: beat')).toBe(0);
      await pass(1);
      expect(countOf(received(), 'event: beat\ndata: {}\n\n')).toBe(1);
      await pass(60);
      expect(countOf(received(), 'event: beat')).toBeGreaterThanOrEqual(12);
      expect(received()).not.toContain('event: frame');
    },
  );

  it('gets a first chunk that is larger than the usual buffers of proxies, as a comment', async () => {
    const { received } = openScreen('a');
    await pass(0);
    const [, first = ''] = /\r\n\r\n(.*)\nretry: 2000\n\n/.exec(received()) ?? [];
    expect(first.length).toBeGreaterThan(8 * 1024);
    expect(first).toMatch(/^: +$/);
  });

  it('is told of a change after a hint, and the ticket is read again after a minute without one', async () => {
    const { received } = openScreen('a');
    state = 'scanned';
    hint('another');
    await pass(0);
    expect(looks).toBe(0);
    hint('a');
    await pass(0);
    expect(received()).toContain('"state":"scanned"');
    expect(looks).toBe(1);
    await pass(59);
    expect(looks).toBe(1);
    await pass(1);
    expect(looks).toBe(2);
  });

  it('is ended at the end of its interaction, to the second', async () => {
    const { response } = openScreen('a', false, start + 10);
    await pass(9);
    expect(response.writableEnded).toBe(false);
    await pass(1);
    expect(response.writableEnded).toBe(true);
  });
});

describe('a reader that falls behind', () => {
  it('G6 is cut once more than 64 KiB wait for it, so that its memory has a bound', async () => {
    const slow = openScreen('a', true);
    let most = 0;
    for (let i = 0; i < 3000 && !slow.response.destroyed; i++) {
      await pass(5);
      most = Math.max(most, slow.response.writableLength);
    }
    expect(slow.response.destroyed).toBe(true);
    // At most the bound and the one message that crossed it.
    expect(most).toBeGreaterThan(maxBacklogBytes);
    expect(most).toBeLessThan(maxBacklogBytes + 1024);
  });

  it('G6 loses its stream alone: another reader of the same sign-in misses nothing', async () => {
    const slow = openScreen('a', true);
    const quick = openScreen('a');
    let frames = 1;
    for (; frames < 3000 && !slow.response.destroyed; frames++) await pass(5);
    expect(slow.response.destroyed).toBe(true);
    expect(quick.response.destroyed).toBe(false);
    expect(countOf(quick.received(), 'event: frame')).toBe(frames);
    expect(quick.response.writableLength).toBe(0);
  });

  it('receives nothing after its end, even before it has read the end', async () => {
    const slow = openScreen('a', true, start + 10);
    const error = vi.fn();
    slow.response.on('error', error);
    await pass(10);
    expect(slow.response.writableEnded).toBe(true);
    state = 'scanned';
    hint('a');
    await pass(30);
    screens.close();
    await pass(0);
    expect(error).not.toHaveBeenCalled();
  });

  it('is removed after it is disconnected: later frames are sent to nobody', async () => {
    const slow = openScreen('a', true);
    slow.response.destroy();
    await pass(0);
    const write = vi.spyOn(slow.response, 'write');
    await pass(20);
    expect(write).not.toHaveBeenCalled();
  });
});

describe('the streams of one sign-in', () => {
  it('G6 are at most four: a fifth ends the oldest', () => {
    const opened = Array.from({ length: 5 }, () => openScreen('a'));
    expect(opened.map(({ response }) => response.writableEnded)).toEqual([true, false, false, false, false]);
    expect(openScreen('b').response.writableEnded).toBe(false);
  });

  it('end when the process stops, with a request to reconnect', () => {
    const opened = [openScreen('a'), openScreen('b')];
    screens.close();
    for (const { response, received } of opened) {
      expect(response.writableEnded).toBe(true);
      expect(received()).toContain('retry: 1000');
    }
  });
});
