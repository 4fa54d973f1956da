// What the waiting page needs to know about its ticket: whether it renews it, and what the person must still
// enter. Also the numbers that it shows when a phone was asked. Pure, but for the random numbers.
import { randomInt } from 'node:crypto';
import type { Ticket } from './ticket.ts';

/** After this many tickets in a row the page stops renewing automatically (protocol.md 2). */
const automaticTickets = 5;

/** Tells what the waiting browser must still enter; null when nothing. */
export const needsOf = (ticket: Ticket): 'confirmation_code' | null =>
  ticket.state === 'approved' && ticket.decision?.confirmationCodeHash ? 'confirmation_code' : null;

/** Whether the page renews this ticket automatically when it expires unclaimed. */
export const isRenewedAutomatically = (ticket: Ticket): boolean => ticket.sequence % automaticTickets !== 0;

/** Draws three different numbers of two digits: enough to detect a blind tap, and quick to compare. */
export function drawNumbers(): { choices: string[]; number: string } {
  const drawn = new Set<string>();
  while (drawn.size < 3) drawn.add(String(randomInt(10, 100)));
  const choices = [...drawn];
  return { choices, number: choices[randomInt(choices.length)] ?? '' };
}
