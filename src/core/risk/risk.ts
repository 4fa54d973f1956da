// How much stands against an approval, from what the server itself knows. Pure. It can only ask for more or refuse; it never allows
// what policy would not (security.md, ranked defences 2, 4, 6).
import type { AddressComparison } from './address.ts';
import type { PlaceComparison } from './place.ts';

export type RiskLevel = 'low' | 'moderate' | 'high';
export type RiskReason =
  | 'browser_new'
  | 'browser_reported'
  | 'address_differs'
  | 'opened_from_link'
  | 'code_typed'
  | 'frame_old'
  | 'second_scan'
  | 'many_codes_from_address'
  | 'country_differs'
  | 'far_apart'
  | 'travel_impossible'
  | 'browser_in_data_centre'
  | 'phone_in_data_centre';

export type RiskSignals = PlaceComparison & {
  readonly isBrowserKnown: boolean;
  /** An earlier "I did not start this" about this browser by this account. */
  readonly isBrowserReported: boolean;
  readonly comparison: AddressComparison;
  readonly channel: 'scanner' | 'link' | 'user_code' | 'ask';
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

/** A carrier's gateway is easily some hundred kilometres away from the phone behind it. */
const farKm = 500;

/** All that stands in a row together makes it at least its level; the highest such row counts, so that nothing more found ever lowers it. */
const table: readonly (readonly [RiskLevel, ...RiskReason[]])[] = [
  ['high', 'browser_reported'],
  // A code shown in bulk, to a browser never seen, far from the phone: the shape of a phishing run.
  ['high', 'browser_new', 'many_codes_from_address', 'address_differs'],
  // A rented machine abroad that this account never used: the shape of a live relay.
  ['high', 'browser_new', 'browser_in_data_centre', 'country_differs'],
  ['moderate', 'second_scan'],
  ['moderate', 'many_codes_from_address'],
  // A VPN, or a phone that roams through its home country's gateway: a code, and no more.
  ['moderate', 'country_differs'],
  ['moderate', 'browser_in_data_centre'],
  ['moderate', 'travel_impossible'],
  ['moderate', 'browser_new', 'phone_in_data_centre'],
  ['moderate', 'browser_new', 'far_apart'],
  ['moderate', 'browser_new', 'frame_old'],
  ['moderate', 'browser_new', 'code_typed', 'address_differs'],
];

export function assessRisk(signals: RiskSignals): Risk {
  const reasons = reasonsOf(signals);
  return { level: levelOf(new Set(reasons)), reasons };
}

/** For devices without a browser: their code is a picture that never goes stale, which is what phishing uses (RFC 8628 §5.4). */
export const oneLevelStricter = ({ level, reasons }: Risk): Risk => ({
  level: level === 'low' ? 'moderate' : 'high',
  reasons,
});

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
    [signals.isSameCountry === false, 'country_differs'],
    [(signals.distanceKm ?? 0) > farKm, 'far_apart'],
    [signals.isTravelImpossible, 'travel_impossible'],
    [signals.isBrowserInDataCentre, 'browser_in_data_centre'],
    [signals.isPhoneInDataCentre, 'phone_in_data_centre'],
  ];
  return found.filter(([isPresent]) => isPresent).map(([, reason]) => reason);
}

const levels: readonly RiskLevel[] = ['high', 'moderate'];

function levelOf(reasons: ReadonlySet<RiskReason>): RiskLevel {
  const reached = table.filter(([, ...needed]) => needed.every((reason) => reasons.has(reason)));
  return levels.find((level) => reached.some(([of]) => of === level)) ?? 'low';
}
