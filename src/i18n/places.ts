// Describes places and networks in the language of the page, such as "Berlin, Germany". Pure.
import type { Place } from '../core/place/place.ts';
import type { Sides } from '../core/risk/place.ts';
import { plainText } from '../plain-text.ts';
import type { Locale } from './locale.ts';

/** In characters, for a name from the place database. */
const maxNameLength = 60;

const countryNames: Readonly<Record<Locale, Intl.DisplayNames>> = {
  en: new Intl.DisplayNames('en', { type: 'region' }),
  'zh-CN': new Intl.DisplayNames('zh-CN', { type: 'region' }),
};

/** Returns city and country as far as they are known, or null when both are unknown. */
export function placeName(place: Place | null | undefined, locale: Locale): string | null {
  const country = place?.country ? (countryNames[locale].of(place.country) ?? place.country) : '';
  const city = plainText(place?.city?.[locale] ?? place?.city?.en, maxNameLength);
  // Chinese names the country before the city.
  const parts = locale === 'zh-CN' ? [country, city] : [city, country];
  return parts.filter(Boolean).join(locale === 'zh-CN' ? ' ' : ', ') || null;
}

/** Returns the operator of the network: its name, else its number (AS). Null when both are unknown. */
function networkName(place: Place | null | undefined): string | null {
  if (!place) return null;
  return plainText(place.network ?? undefined, maxNameLength) || (place.asn === null ? null : `AS${place.asn}`);
}

/** The places of both sides for the phone API. Unknown members are null. */
export const placesJson = ({ browser, phone }: Sides, locale: Locale) => ({
  browser: sideJson(browser, locale),
  phone: sideJson(phone, locale),
});

const sideJson = (place: Place | null, locale: Locale) =>
  place && {
    name: placeName(place, locale),
    country: place.country,
    network: networkName(place),
    data_centre: place.isDataCentre,
  };
