// The OpenAPI document of the phone API: what kit/openapi.ts cannot know of it, which is how a phone
// authenticates.
import { boundTokenScheme, type OperationExtras, openApiOf } from '../kit/openapi.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import { isChange, type PhoneOperation } from './operation.ts';

const sentence = 'A proof by the device key for this method and URL (RFC 9449). It can be used once.';
/** The header that every change needs, and that reading needs beside an access token (RFC 9449 §7.1). */
const proofFor = (row: PhoneOperation) => ({
  name: 'DPoP',
  in: 'header',
  required: isChange(row),
  schema: { type: 'string' },
  description: isChange(row) ? sentence : `${sentence} Required with an access token.`,
});

/** What every operation can answer. */
const common: readonly RefusalCode[] = [
  'not_signed_in',
  'token_invalid',
  'device_proof_required',
  'device_proof_invalid',
  'device_clock_wrong',
  'temporarily_unavailable',
];

/** By cookie, or by access token. */
const security = [{ device: [] }, { app: [] }];

const extrasOf = (row: PhoneOperation): OperationExtras => ({
  security,
  parameters: [proofFor(row)],
  refuses: isChange(row) ? [...common, 'cross_site_request'] : common,
});

/** The cookie has the `__Host-` prefix only over HTTPS, which it requires (RFC 6265bis §4.1.3.2). */
const securitySchemes = (issuer: string) => ({
  device: {
    type: 'apiKey',
    in: 'cookie',
    name: issuer.startsWith('https:') ? '__Host-tessera_device' : 'tessera_device',
    description: 'Cookie of a phone that signed in at /sign-in.',
  },
  app: {
    ...boundTokenScheme,
    description: `As \`DPoP <token>\`: an access token for the resource ${issuer}/phone with the scope approve, bound to the device key.`,
  },
});

/** Makes the document that `GET /phone/v1/openapi.json` answers. */
export const phoneOpenApi = (issuer: string, operations: readonly PhoneOperation[]) =>
  openApiOf({
    issuer,
    title: 'Tessera phone API',
    description:
      'The operations of an approving phone. Authenticate with the device cookie, or with a DPoP-bound access token of this provider for the resource `<issuer>/phone` with scope `approve`.',
    prefix: '/phone/v1',
    securitySchemes: securitySchemes(issuer),
    security,
    operations,
    pathParameters: { handle: 'Handle that the claim returned in `ticket`.' },
    describe: extrasOf,
  });
