// From the configuration to what knows places and what keeps addresses.
import type { Config } from '../config/config.ts';
import type { PlaceFileReport } from '../core/place/place-file.ts';
import { truncateAddress } from '../core/risk/address.ts';
import type { Log } from '../log.ts';

/** The city's own file first: where another names a country too, its word is the better one. */
export function placeSettingsOf({ place }: Config) {
  const paths = [place.city_database, place.network_database, place.anonymous_database];
  return { paths: paths.filter((path) => path !== undefined), hostingNetworks: place.hosting_networks };
}

export const addressesKeptSecondsOf = ({ privacy }: Config): number => privacy.addresses_kept_days * 86_400;

export const recordedAddressOf = ({ privacy }: Config): ((address: string) => string) =>
  privacy.audit_addresses === 'truncated' ? truncateAddress : (address) => address;

export function warnOfPlaces(log: Log, { path, state, reason }: PlaceFileReport): void {
  const sentence = state === 'missing' ? 'is not there' : 'cannot be used';
  log.warn({ path, reason }, `a place database ${sentence}; sign-ins go on with what is known without it`);
}
