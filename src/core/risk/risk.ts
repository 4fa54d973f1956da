// Assesses how much speaks against an approval, from what the server itself knows (security.md, ranked
// defences 2, 4, 6). Risk can add requirements or refuse; it never allows what policy forbids. Pure.
import type { AddressComparison } from './address.ts';
import type { PlaceComparison } from './place.ts';

export type RiskLevel = 'low' | 'moderate' | 'high';
/** Published codes of reasons; people read their words from i18n. */
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
  /** This account reported this browser before ("I did not start this"). */
  readonly isBrowserReported: boolean;
  readonly comparison: AddressComparison;
  readonly channel: 'scanner' | 'link' | 'user_code' | 'ask';
  /** Seconds since the scanned frame was shown. Null when a user code was typed. */
  readonly frameAgeSeconds: number | null;
  /** How many other devices tried to claim the same ticket. */
  readonly secondScans: number;
  /** How many tickets were shown to the browser's address in the last ten minutes. */
  readonly recentTickets: number;
};

export type Risk = { readonly level: RiskLevel; readonly reasons: readonly RiskReason[] };

/** A page shows a frame for at most 5 s; network and handling may take 10 s more. */
const oldFrameSeconds = 15;
/**
 * An office behind one address may have dozens of pages that renew their codes. A bulk attack has many more.
 */
const manyTickets = 200;

/** A mobile carrier's gateway can be several hundred kilometres from the phone. */
const farKm = 500;

/**
 * A row applies when all its reasons are present; the highest level of all such rows counts. So an additional
 * reason never lowers the level.
 */
const table: readonly (readonly [RiskLevel, ...RiskReason[]])[] = [
  ['high', 'browser_reported'],
  // A code shown in bulk, to an unknown browser, far from the phone: typical for phishing.
  ['high', 'browser_new', 'many_codes_from_address', 'address_differs'],
  // A rented machine abroad that this account never used: typical for a live relay.
  ['high', 'browser_new', 'browser_in_data_centre', 'country_differs'],
  ['moderate', 'second_scan'],
  ['moderate', 'many_codes_from_address'],
  // A VPN, or a phone that roams through its home country's gateway. These need a code but are not refused.
  ['moderate', 'country_differs'],
  ['moderate', 'browser_in_data_centre'],
  ['moderate', 'travel_impossible'],
  ['moderate', 'browser_new', 'phone_in_data_centre'],
  ['moderate', 'browser_new', 'far_apart'],
  ['moderate', 'browser_new', 'frame_old'],
  ['moderate', 'browser_new', 'code_typed', 'address_differs'],
];

/** Returns the level and all reasons that were found. */
export function assessRisk(signals: RiskSignals): Risk {
  const reasons = reasonsOf(signals);
  return { level: levelOf(new Set(reasons)), reasons };
}

/**
 * Raises the level by one, for screens. Their code does not rotate, so it can be sent to a victim (RFC 8628
 * §5.4).
 */
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
