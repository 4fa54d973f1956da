// The rotating payload of a ticket's QR code: `<handle>.<slot>.<mac>` (protocol.md 1). A picture older than the window is
// refused, which stops posters, mails and screenshots; it does not stop a live relay, and nothing here pretends to.
import { createHmac, type KeyObject } from 'node:crypto';
import { isSameSecret } from '../../crypto.ts';
import { TicketError } from './ticket.ts';

/** A new frame is shown every 5 seconds. */
export const frameSeconds = 5;
/** A frame is accepted this long after its slot began. */
export const frameAcceptedSeconds = 30;

/** 128 random bits, base64url. */
export const handlePattern = /^[A-Za-z0-9_-]{22}$/;
export const handleLetters = 22;
const framePattern = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,5})\.([A-Za-z0-9_-]{11})$/;
const macBytes = 8;

export type Frame = { readonly handle: string; readonly slot: number; readonly mac: string };

/** The slot that is on show at `now`. */
export const slotAt = (issuedAt: number, now: number): number =>
  Math.max(0, Math.floor((now - issuedAt) / frameSeconds));

/** The text after `/q/` in the QR code. */
export const issueFrame = (key: KeyObject | Buffer, handle: string, slot: number): string =>
  `${handle}.${slot}.${macOf(key, handle, slot)}`;

/** Splits a frame without judging it. @throws TicketError `ticket_not_found` for anything that is not one of ours. */
export function parseFrame(text: string): Frame {
  const [, handle, slot, mac] = framePattern.exec(text) ?? [];
  if (!handle || !slot || !mac) throw notFound();
  return { handle, slot: Number(slot), mac };
}

/** @throws TicketError `ticket_not_found` when the mac is not ours: forged and unknown look alike. */
export function verifyFrame(key: KeyObject | Buffer, frame: Frame): void {
  if (!isSameSecret(frame.mac, macOf(key, frame.handle, frame.slot))) throw notFound();
}

/** Seconds since the frame's slot began. @throws TicketError `frame_stale` past the window or from the future. */
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
