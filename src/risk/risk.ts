// How much stands against an approval, from what the server itself knows. Pure. It can only ask for more or refuse; it never allows
// what policy would not (security.md, ranked defences 2, 4, 6).
import type { AddressComparison } from './address.ts';

export type RiskLevel = 'low' | 'moderate' | 'high';
export type RiskReason =
  | 'browser_new'
  | 'browser_reported'
  | 'address_differs'
  | 'opened_from_link'
  | 'code_typed'
  | 'frame_old'
  | 'second_scan'
  | 'many_codes_from_address';

export type RiskSignals = {
  readonly isBrowserKnown: boolean;
  /** An earlier "I did not start this" about this browser by this account. */
  readonly isBrowserReported: boolean;
  readonly comparison: AddressComparison;
  readonly channel: 'scanner' | 'link' | 'user_code';
  /** Age of the picture when the phone opened it; null when typed. */
  readonly frameAgeSeconds: number | null;
  /** Other devices that tried the same code. */
  readonly secondScans: number;
  /** Tickets shown to the browser's address in the last ten minutes. */
  readonly recentTickets: number;
};

export type Risk = { readonly level: RiskLevel; readonly reasons: readonly RiskReason[] };

/** A live page shows a picture of at most 5 s; network and hand make it 15. */
const oldFrameSeconds = 15;
/** An office behind one address has some dozens of pages open, each renewing its code; a bulk attack has many more. */
const manyTickets = 200;

export function assessRisk(signals: RiskSignals): Risk {
  const reasons = reasonsOf(signals);
  return { level: levelOf(new Set(reasons)), reasons };
}

function reasonsOf(signals: RiskSignals): RiskReason[] {
  const found: [boolean, RiskReason][] = [
    [signals.isBrowserReported, 'browser_reported'],
    [!signals.isBrowserKnown, 'browser_new'],
    [signals.comparison === 'different_address', 'address_differs'],
    [signals.channel === 'link', 'opened_from_link'],
    [signals.channel === 'user_code', 'code_typed'],
    [(signals.frameAgeSeconds ?? 0) > oldFrameSeconds, 'frame_old'],
    [signals.secondScans > 0, 'second_scan'],
    [signals.recentTickets > manyTickets, 'many_codes_from_address'],
  ];
  return found.filter(([isPresent]) => isPresent).map(([, reason]) => reason);
}

function levelOf(reasons: ReadonlySet<RiskReason>): RiskLevel {
  const isNew = reasons.has('browser_new');
  if (reasons.has('browser_reported')) return 'high';
  // A code shown in bulk, to a browser never seen, far from the phone: the shape of a phishing run.
  if (isNew && reasons.has('many_codes_from_address') && reasons.has('address_differs')) return 'high';
  if (reasons.has('second_scan') || reasons.has('many_codes_from_address')) return 'moderate';
  if (isNew && reasons.has('frame_old')) return 'moderate';
  if (isNew && reasons.has('code_typed') && reasons.has('address_differs')) return 'moderate';
  return 'low';
}
