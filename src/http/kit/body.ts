// Reads request bodies: limited in size, and of the expected media type only.
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { isNestedTooDeeply } from '../../json-nesting.ts';
import type { Context } from './context.ts';
import { formTokenField } from './form-fields.ts';
import { HttpError } from './refusals.ts';

/** The largest body that a person or a phone sends, in bytes. The token endpoint has the same limit. */
export const maxBodyBytes = 56 * 1024;

/** Bodies that were read already, since a request's stream can be read only once. */
const texts = new WeakMap<IncomingMessage, Promise<string>>();

/** Reads the body as UTF-8. Several callers may read the same request. @throws HttpError `body_too_large` */
export function readText(ctx: Context): Promise<string> {
  const text = texts.get(ctx.req) ?? readBytes(ctx, maxBodyBytes).then((body) => body.toString('utf8'));
  texts.set(ctx.req, text);
  return text;
}

/** Reads the body as bytes, which the caller limits. @throws HttpError `body_too_large` */
export async function readBytes(ctx: Context, maxBytes: number): Promise<Buffer> {
  if (Number(ctx.get('Content-Length')) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // A refusal must not destroy the request, or the answer would not reach the sender.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads and validates a JSON body.
 * @throws HttpError `content_type_unsupported`, `body_too_large`, or `body_invalid` with the names of the
 * refused fields
 */
export async function readJson<Schema extends z.ZodType>(ctx: Context, schema: Schema): Promise<z.infer<Schema>> {
  if (!ctx.is('application/json')) throw new HttpError('content_type_unsupported', 'Send this as application/json.');
  const parsed = schema.safeParse(parseJson(await readText(ctx)));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).slice(0, 10);
  throw new HttpError('body_invalid', fields.join('; ').slice(0, 500));
}

/**
 * Reads a form (application/x-www-form-urlencoded). An absent body is an empty form; a repeated field is
 * refused. The token of the form is left out.
 * @throws HttpError as readJson
 */
export async function readForm(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const text = await readText(ctx);
  if (text === '') return new Map();
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new HttpError('content_type_unsupported', 'Send this as application/x-www-form-urlencoded.');
  }
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === formTokenField) continue;
    if (fields.has(name)) throw new HttpError('body_invalid', 'A field was sent twice.');
    fields.set(name, value);
  }
  return fields;
}

function parseJson(text: string): unknown {
  if (isNestedTooDeeply(text)) throw new HttpError('body_invalid', 'The body is nested too deeply.');
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError('body_invalid', 'The body is not JSON.');
  }
}

const tooLarge = () => new HttpError('body_too_large', 'The request is too large.');
