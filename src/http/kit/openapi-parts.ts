// What both OpenAPI documents are made of: schemas from those that judge the requests, and refusals by their codes (protocol.md 8), so
// that a program's author sees which can come and what each means for them.
import { z } from 'zod';
import { type RefusalCode, statusOf } from './refusals.ts';

/** As the schema's own library writes it, without the dialect that OpenAPI 3.1 §4.8.24 has by default. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

export const jsonContent = (schema: unknown, example?: unknown, type = 'application/json') => ({
  [type]: { schema, ...(example !== undefined && { example }) },
});

/** RFC 9457 with our stable `code`; for `components.schemas`. */
export const problemSchema = {
  type: 'object',
  description: 'A refusal (RFC 9457) with a stable `code`; `errors` names the fields that are wrong.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    tries_left: { type: 'integer' },
    retry_after: { type: 'integer', description: 'Seconds; the Retry-After header says the same.' },
  },
};

const reference = { $ref: '#/components/schemas/Problem' };
const problemContent = (schema: unknown) => ({ 'application/problem+json': { schema } });

/** Answers by status, each with the codes that may stand in it; `default` is for what is wrong with any request, or with us. */
export function refusalAnswers(codes: readonly RefusalCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy([...new Set(codes)].sort(), (code) => statusOf[code]);
  const answers = [...byStatus].map(([status, of]) => [status, refusalAnswer(status, of)] as const);
  return {
    ...Object.fromEntries(answers),
    default: { description: 'Any other refusal.', content: problemContent(reference) },
  };
}

function refusalAnswer(status: number, codes: readonly RefusalCode[]): Record<string, unknown> {
  const challenge = { 'WWW-Authenticate': { description: 'RFC 9110 §11.6.1.', schema: { type: 'string' } } };
  return {
    description: `Refused: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(status === 401 && { headers: challenge }),
    content: problemContent({ ...reference, properties: { code: { enum: codes } } }),
  };
}

/** Every property is always there. */
export const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
export const text = { type: 'string' };
export const instant = { type: 'integer', description: 'Epoch seconds.' };
export const nullable = (schema: { type: string; enum?: readonly unknown[] }) => ({
  ...schema,
  type: [schema.type, 'null'],
});
