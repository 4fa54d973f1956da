// Where browser and phone are, as the phone API describes it (OpenAPI 3.1); the answer itself is made in i18n/places.ts.
import { nullable, object, text } from '../kit/openapi-parts.ts';

/** Null where the provider has no database, or the database no answer. */
const side = {
  ...object({
    name: { ...nullable(text), description: 'City and country in the language asked for, such as "Berlin, Germany".' },
    country: { ...nullable(text), description: 'ISO 3166-1 alpha-2.' },
    network: { ...nullable(text), description: 'Who runs the network.' },
    data_centre: { type: 'boolean', description: 'A network of hosting or a VPN, rather than of people.' },
  }),
  type: ['object', 'null'],
};

export const placeSchema = object({
  network: { ...text, description: 'The browser’s address.' },
  comparison: {
    enum: ['same_address', 'different_address', 'unknown'],
    description: 'With the phone’s own address.',
  },
  browser: side,
  phone: side,
  distance_km: { type: ['integer', 'null'], description: 'Between the two, where both are known by their city.' },
});
