// Finds the ticket that a claim means: by a scanned frame, a typed user code, or a request that waits for
// the phones of the account.
import type { z } from 'zod';
import type { Asks } from '../../core/ask/asks.ts';
import type { Device } from '../../core/device/device.ts';
import { type ScanChannel, TicketError } from '../../core/ticket/ticket.ts';
import type { Tickets } from '../../core/ticket/tickets.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import type { OpenedFrames } from './opened-frame.ts';
import type { scanBody } from './ticket-schemas.ts';

export type TicketLocatorDeps = {
  readonly issuer: string;
  readonly tickets: Tickets;
  readonly asks: Asks;
  readonly cookies: Cookies;
  readonly openedFrames: OpenedFrames;
  readonly limits: RequestLimits;
};

/**
 * Makes the function that finds the ticket of a claim. It reads the store, and counts typed codes against
 * a limit.
 */
export function createTicketLocator({ issuer, tickets, asks, cookies, openedFrames, limits }: TicketLocatorDeps) {
  /** A correct code costs nothing. After too many wrong ones, correct and wrong codes look alike. */
  async function locateTyped(ctx: Context, code: string, { accountId }: Device) {
    const giveBack = await limits.typedCode(ctx.state.address, accountId);
    const located = await tickets.locateUserCode(code);
    await giveBack();
    return located;
  }

  /**
   * `channel: scanner` is the word of our page or app, signed by the device key like everything it sends:
   * no server can see a camera. Three rules make it hard to misuse. The frame must be fresh at this
   * moment; an earlier judgement does not count. A frame that this browser opened as a link is refused;
   * the screen shows the next one soon. Our page takes frames from its camera only. A person who alters
   * the page or their app deceives nobody but themselves.
   * @throws TicketError `frame_stale`, `ticket_not_found`
   */
  async function locateFrame(ctx: Context, qr: string, channel: ScanChannel, { id }: Device) {
    const prefix = `${issuer}/q/`;
    const frame = qr.startsWith(prefix) ? qr.slice(prefix.length) : qr;
    const openedAt = openedFrames.open(cookies.openedFrame(ctx), frame);
    if (channel !== 'scanner') return tickets.locateFrame(frame, openedAt ?? undefined, id);
    if (openedAt !== null)
      throw new TicketError('frame_stale', 'This code was opened as a link. Scan the screen itself.');
    return tickets.locateFrame(frame, undefined, id);
  }

  /**
   * Finds the ticket, and says by which channel the phone came to it.
   * @throws TicketError; HttpError `rate_limited` after too many wrong user codes
   */
  return async (ctx: Context, body: z.infer<typeof scanBody>, device: Device) => {
    const { qr, ask, user_code: code = '' } = body;
    if (ask !== undefined) return { channel: 'ask', located: await asks.locate(device.accountId, ask) } as const;
    if (qr === undefined) return { channel: 'user_code', located: await locateTyped(ctx, code, device) } as const;
    const channel = body.channel ?? 'link';
    return { channel, located: await locateFrame(ctx, qr, channel, device) };
  };
}
