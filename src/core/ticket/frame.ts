// The rotating payload of a ticket's QR code: `<handle>.<slot>.<mac>` (protocol.md 1). A picture of the code
// older than the window is refused, which stops posters, mails and screenshots. A live relay is not stopped
// here; risk and requirements handle that.
import { createHmac, type KeyObject } from 'node:crypto';
import { isSameSecret } from '../../crypto.ts';
import { TicketError } from './ticket.ts';

/** A new frame is shown every 5 seconds. */
export const frameSeconds = 5;
/** A frame is accepted until this many seconds after its slot began. */
export const frameAcceptedSeconds = 30;

/** The ticket's secret name: 128 random bits, base64url. */
export const handlePattern = /^[A-Za-z0-9_-]{22}$/;
export const handleLetters = 22;
const framePattern = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,5})\.([A-Za-z0-9_-]{11})$/;
const macBytes = 8;

/** A parsed but not yet verified frame. `slot` counts steps of `frameSeconds` since the ticket was issued. */
export type Frame = { readonly handle: string; readonly slot: number; readonly mac: string };

/** Returns the slot that the screen shows at `now` (epoch seconds). */
export const slotAt = (issuedAt: number, now: number): number =>
  Math.max(0, Math.floor((now - issuedAt) / frameSeconds));

/** Returns the text that follows `/q/` in the QR code. */
export const issueFrame = (key: KeyObject | Buffer, handle: string, slot: number): string =>
  `${handle}.${slot}.${macOf(key, handle, slot)}`;

/**
 * Splits a frame without verifying it.
 * @throws TicketError `ticket_not_found` when the text has another form
 */
export function parseFrame(text: string): Frame {
  const [, handle, slot, mac] = framePattern.exec(text) ?? [];
  if (!handle || !slot || !mac) throw notFound();
  return { handle, slot: Number(slot), mac };
}

/**
 * Checks that this provider issued the frame.
 * @throws TicketError `ticket_not_found` when the mac is wrong, so forged and unknown frames look alike
 */
export function verifyFrame(key: KeyObject | Buffer, frame: Frame): void {
  if (!isSameSecret(frame.mac, macOf(key, frame.handle, frame.slot))) throw notFound();
}

/**
 * Returns the seconds since the frame's slot began.
 * @throws TicketError `frame_stale` outside the window, also for a slot in the future
 */
export function judgeFrameAge(frame: Frame, issuedAt: number, now: number): number {
  const ageSeconds = now - (issuedAt + frame.slot * frameSeconds);
  if (ageSeconds > frameAcceptedSeconds || ageSeconds < -frameSeconds) {
    throw new TicketError('frame_stale', 'This picture of the code is too old. Scan the screen again.');
  }
  return Math.max(0, ageSeconds);
}

const macOf = (key: KeyObject | Buffer, handle: string, slot: number): string =>
  createHmac('sha256', key).update(`${handle}.${slot}`).digest().subarray(0, macBytes).toString('base64url');

const notFound = () => new TicketError('ticket_not_found', 'There is no such ticket.');
