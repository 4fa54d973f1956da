// Compares the places of browser and phone with each other and with the account's last approval (protocol.md
// 5). A place is a guess of a database, and distant gateways of mobile carriers and VPNs are normal, so no
// single result refuses an approval (security.md B15). Pure.
import { distanceKm, type Place } from '../place/place.ts';

export type PlaceComparison = {
  /** Null when one of the countries is unknown. */
  readonly isSameCountry: boolean | null;
  /** Kilometres between browser and phone. Null when one of the points is unknown. */
  readonly distanceKm: number | null;
  readonly isTravelImpossible: boolean;
  readonly isBrowserInDataCentre: boolean;
  readonly isPhoneInDataCentre: boolean;
};

/** Null when nothing is known about a side. */
export type Sides = { readonly browser: Place | null; readonly phone: Place | null };

/** Both sides of the account's last approval. `at` is in epoch seconds. */
export type LastApproval = Sides & { readonly at: number };

/** Faster than an airliner, and farther than databases usually err. */
const maxKmh = 900;
const minKm = 500;

/** @param at when the phone scanned, epoch seconds */
export function comparePlaces({ browser, phone }: Sides, last: LastApproval | null, at: number): PlaceComparison {
  return {
    isSameCountry: browser?.country && phone?.country ? browser.country === phone.country : null,
    distanceKm: distanceKm(browser, phone),
    isTravelImpossible: last !== null && [browser, phone].some((side) => isOutOfReach(side, last, at)),
    isBrowserInDataCentre: browser?.isDataCentre === true,
    isPhoneInDataCentre: phone?.isDataCentre === true,
  };
}

/**
 * True when nobody who was at one of the two places of the last approval could be here now. Data centres are
 * ignored, because people do not travel to them.
 */
function isOutOfReach(side: Place | null, last: LastApproval, at: number): boolean {
  const isAnywhere = (place: Place | null): place is Place => place !== null && !place.isDataCentre;
  if (!isAnywhere(side)) return false;
  const ways = [last.browser, last.phone]
    .filter(isAnywhere)
    .map((then) => distanceKm(then, side))
    .filter((km) => km !== null);
  const hours = Math.max(0, at - last.at) / 3600;
  return ways.length > 0 && ways.every((km) => km > minKm && km > hours * maxKmh);
}
