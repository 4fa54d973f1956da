// Translates the settings of places and of network addresses for the parts that use them.
import type { Config } from '../config/config.ts';
import type { PlaceFileReport } from '../core/place/place-file.ts';
import { truncateAddress } from '../core/risk/address.ts';
import type { Log } from '../log.ts';

/** The city database comes first: when several files name a country, the first one counts. */
export function placeSettingsOf({ place }: Config) {
  const paths = [place.city_database, place.network_database, place.anonymous_database];
  return { paths: paths.filter((path) => path !== undefined), hostingNetworks: place.hosting_networks };
}

/** Retention of network addresses in audit and approval records, in seconds. */
export const addressesKeptSecondsOf = ({ privacy }: Config): number => privacy.addresses_kept_days * 86_400;

/** Returns how network addresses are shortened before they are recorded (`privacy.audit_addresses`). */
export const recordedAddressOf = ({ privacy }: Config): ((address: string) => string) =>
  privacy.audit_addresses === 'truncated' ? truncateAddress : (address) => address;

/** Logs that a place database is missing or damaged. Sign-ins continue without it. */
export function warnOfPlaces(log: Log, { path, state, reason }: PlaceFileReport): void {
  const sentence = state === 'missing' ? 'is not there' : 'cannot be used';
  log.warn({ path, reason }, `a place database ${sentence}; sign-ins go on with what is known without it`);
}
