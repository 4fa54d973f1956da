// What the places of browser and phone say against each other, and against the account's last approval (protocol.md 5). Pure. A place is
// a database's guess: far gateways of mobile carriers and VPNs are ordinary, so none of this alone refuses anybody (security.md B15).
import { distanceKm, type Place } from '../place/place.ts';

export type PlaceComparison = {
  /** Null: not known of both. */
  readonly isSameCountry: boolean | null;
  /** Kilometres between browser and phone; null: not known that well of both. */
  readonly distanceKm: number | null;
  readonly isTravelImpossible: boolean;
  readonly isBrowserInDataCentre: boolean;
  readonly isPhoneInDataCentre: boolean;
};

export type Sides = { readonly browser: Place | null; readonly phone: Place | null };

/** Both sides of the account's last approval. `at`: epoch seconds */
export type LastApproval = Sides & { readonly at: number };

/** Faster than an airliner, and further than databases commonly err. */
const fastestKmh = 900;
const shortestKm = 500;

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

/** Whether nobody who was at either side then could be here now. A data centre is where machines are, so it says nothing about travel. */
function isOutOfReach(side: Place | null, last: LastApproval, at: number): boolean {
  const isAnywhere = (place: Place | null): place is Place => place !== null && !place.isDataCentre;
  if (!isAnywhere(side)) return false;
  const ways = [last.browser, last.phone]
    .filter(isAnywhere)
    .map((then) => distanceKm(then, side))
    .filter((km) => km !== null);
  const hours = Math.max(0, at - last.at) / 3600;
  return ways.length > 0 && ways.every((km) => km > shortestKm && km > hours * fastestKmh);
}
