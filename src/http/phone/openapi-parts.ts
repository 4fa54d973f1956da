// What the phone API's document is made of, beside the parts of both documents.
import type { z } from 'zod';
import { jsonContent, jsonSchemaOf, refusalAnswers, text } from '../kit/openapi-parts.ts';
import type { RefusalCode } from '../kit/refusals.ts';

export const body = (schema: z.ZodType, example: unknown) => ({
  required: true,
  content: jsonContent(jsonSchemaOf(schema, 'input'), example),
});
export const answer = (description: string, schema: unknown) => ({ description, content: jsonContent(schema) });

/** Nobody known asks, or without a proof of the device key. */
export const callers: readonly RefusalCode[] = [
  'not_signed_in',
  'token_invalid',
  'device_proof_required',
  'device_proof_invalid',
  'temporarily_unavailable',
];
export const withBody: readonly RefusalCode[] = ['body_invalid', 'body_too_large', 'content_type_unsupported'];
/** What every change may meet, beyond what every caller does. */
export const change: readonly RefusalCode[] = ['cross_site_request'];
export const security = [{ device: [] }, { app: [] }];

/** @param refuses codes of its own, beside those that every caller may meet */
export const responses = (ok: Record<string, unknown>, refuses: readonly RefusalCode[] = []) => ({
  ...ok,
  ...refusalAnswers([...callers, ...refuses]),
});

export const proof = {
  name: 'DPoP',
  in: 'header',
  required: true,
  schema: text,
  description: 'A proof by the device key for this method and URL (RFC 9449), used once.',
};
