// The rules of the ticket as one table (protocol.md 2): every state and event, for a browser or a screen
// that waits, and for a sign-in that was or was not started by asking the phone. A cell holds the next state
// or the code of the refusal.
import { describe, expect, it } from 'vitest';
import { TicketError } from '../../../src/core/ticket/ticket.ts';
import { transition } from '../../../src/core/ticket/transition.ts';
import { lifetimes } from './ticket-fixture.ts';
import { conditions, events, type Kind, kinds, ticketIn } from './ticket-table-cases.ts';

/** A row with one cell has the same outcome in all four columns. */
const table = `
  event
    state             | browser                | browser, asked         | screen                 | screen, asked
  scan by the first phone
    pending           | scanned
    pending, expired  | ticket_expired
    scanned           | scanned
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  scan by another phone
    pending           | scanned
    pending, expired  | ticket_expired
    scanned           | ticket_already_scanned
    scanned, expired  | ticket_expired
    approved          | ticket_already_scanned
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  scan by the first phone, other account
    pending           | scanned
    pending, expired  | ticket_expired
    scanned           | ticket_already_scanned
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  second scan
    pending           | pending
    pending, expired  | pending
    scanned           | scanned
    scanned, expired  | scanned
    approved          | approved
    approved, expired | approved
    denied            | denied
    cancelled         | cancelled
    consumed          | consumed
  ask
    pending           | pending
    pending, expired  | ticket_expired
    scanned           | ticket_already_scanned
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  approve
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approved
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  approve without a number
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approved               | number_required        | approved               | number_required
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  approve with a wrong number
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approved               | denied                 | approved               | denied
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  approve without comparing the code
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approved               | approved               | user_code_unconfirmed  | user_code_unconfirmed
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  approve by another phone
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | ticket_other_device
    scanned, expired  | ticket_other_device
    approved          | ticket_other_device
    approved, expired | ticket_other_device
    denied            | ticket_other_device
    cancelled         | ticket_already_decided
    consumed          | ticket_other_device
  approve with a wrong token
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approval_token_invalid
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  deny
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | denied
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  deny by another phone
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | ticket_other_device
    scanned, expired  | ticket_other_device
    approved          | ticket_other_device
    approved, expired | ticket_other_device
    denied            | ticket_other_device
    cancelled         | ticket_already_decided
    consumed          | ticket_other_device
  deny with a wrong token
    pending           | ticket_not_scanned
    pending, expired  | ticket_expired
    scanned           | approval_token_invalid
    scanned, expired  | ticket_expired
    approved          | ticket_already_decided
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  cancel
    pending           | cancelled
    pending, expired  | ticket_expired
    scanned           | cancelled
    scanned, expired  | ticket_expired
    approved          | cancelled
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  wrong confirmation code
    pending           | ticket_not_approved
    pending, expired  | ticket_expired
    scanned           | ticket_not_approved
    scanned, expired  | ticket_expired
    approved          | approved
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  consume
    pending           | ticket_not_approved
    pending, expired  | ticket_expired
    scanned           | ticket_not_approved
    scanned, expired  | ticket_expired
    approved          | consumed
    approved, expired | ticket_expired
    denied            | ticket_already_decided
    cancelled         | ticket_already_decided
    consumed          | ticket_already_decided
  consume by another interaction
    pending           | ticket_not_found
    pending, expired  | ticket_not_found
    scanned           | ticket_not_found
    scanned, expired  | ticket_not_found
    approved          | ticket_not_found
    approved, expired | ticket_not_found
    denied            | ticket_not_found
    cancelled         | ticket_not_found
    consumed          | ticket_not_found
`;

type Row = { event: string; condition: string; cells: string[] };

function rowsOf(text: string): Row[] {
  let event = '';
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(2)
    .flatMap((line) => {
      const [condition = '', ...cells] = line.split('|').map((cell) => cell.trim());
      if (cells.length === 0) event = condition;
      return cells.length === 0 ? [] : [{ event, condition, cells }];
    });
}

/** The next state, or the code of the refusal. */
function outcomeOf(event: string, condition: string, kind: Kind): string {
  const [make, at] = [events[event], conditions[condition]];
  if (!make || !at) throw new Error(`the table names an unknown event or state: ${event}, ${condition}`);
  try {
    return transition(ticketIn(at.state, kind), make(kind), at.now, lifetimes).state;
  } catch (error) {
    if (error instanceof TicketError) return error.code;
    throw error;
  }
}

const rows = rowsOf(table);

describe('the table of the ticket rules', () => {
  it('has a row for every event in every state', () => {
    const expected = Object.keys(events).flatMap((event) => Object.keys(conditions).map((each) => `${event}: ${each}`));
    expect(rows.map(({ event, condition }) => `${event}: ${condition}`)).toEqual(expected);
    expect(rows.filter(({ cells }) => cells.length !== 1 && cells.length !== kinds.length)).toEqual([]);
  });

  it.each(rows)('B4 $event, $condition', ({ event, condition, cells }) => {
    const expected = cells.length === 1 ? kinds.map(() => cells[0]) : cells;
    expect(kinds.map((kind) => outcomeOf(event, condition, kind))).toEqual(expected);
  });
});
