// Places as a person reads them, in the page's language: "Berlin, Germany". Pure.
import type { Place } from '../core/place/place.ts';
import type { Sides } from '../core/risk/place.ts';
import { plainText } from '../plain-text.ts';
import type { Locale } from './locale.ts';

const longest = 60;

const countryNames: Readonly<Record<Locale, Intl.DisplayNames>> = {
  en: new Intl.DisplayNames('en', { type: 'region' }),
  'zh-CN': new Intl.DisplayNames('zh-CN', { type: 'region' }),
};

/** City and country, as far as they are known; null when neither is. */
export function placeName(place: Place | null | undefined, locale: Locale): string | null {
  const country = place?.country ? (countryNames[locale].of(place.country) ?? place.country) : '';
  const city = plainText(place?.city?.[locale] ?? place?.city?.en, longest);
  // Chinese goes from the large to the small.
  const parts = locale === 'zh-CN' ? [country, city] : [city, country];
  return parts.filter(Boolean).join(locale === 'zh-CN' ? ' ' : ', ') || null;
}

/** Who runs the network, by name or by number. */
export function networkName(place: Place | null | undefined): string | null {
  if (!place) return null;
  return plainText(place.network ?? undefined, longest) || (place.asn === null ? null : `AS${place.asn}`);
}

/** Both sides for the phone API: whatever is not known is null. */
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
