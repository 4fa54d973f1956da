// Reads request bodies, small and of the expected kind only.
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Context } from './context.ts';
import { HttpError } from './refusals.ts';

/** Nothing a person or phone sends us is larger; the same limit as the token endpoint's. */
export const maxBodyBytes = 56 * 1024;

/** Read once, however many look at it. */
const texts = new WeakMap<IncomingMessage, Promise<string>>();

/** @throws HttpError `body_too_large` */
export function readText(ctx: Context): Promise<string> {
  const text = texts.get(ctx.req) ?? readBytes(ctx, maxBodyBytes).then((body) => body.toString('utf8'));
  texts.set(ctx.req, text);
  return text;
}

/** The body as it is; whoever asks says how much it may be. @throws HttpError `body_too_large` */
export async function readBytes(ctx: Context, maxBytes: number): Promise<Buffer> {
  if (Number(ctx.get('Content-Length')) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Refusing must not destroy the request, or the connection would hang with its answer.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws HttpError `content_type_unsupported`, `body_too_large`, `body_invalid` naming the fields that are wrong. */
export async function readJson<Schema extends z.ZodType>(ctx: Context, schema: Schema): Promise<z.infer<Schema>> {
  if (!ctx.is('application/json')) throw new HttpError('content_type_unsupported', 'Send this as application/json.');
  const parsed = schema.safeParse(parseJson(await readText(ctx)));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).slice(0, 10);
  throw new HttpError('body_invalid', fields.join('; ').slice(0, 500));
}

/** The form's fields; a repeated field is refused. An absent body reads as an empty form. @throws HttpError as readJson */
export async function readForm(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const text = await readText(ctx);
  if (text === '') return new Map();
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new HttpError('content_type_unsupported', 'Send this as application/x-www-form-urlencoded.');
  }
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw new HttpError('body_invalid', 'A field was sent twice.');
    fields.set(name, value);
  }
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError('body_invalid', 'The body is not JSON.');
  }
}

const tooLarge = () => new HttpError('body_too_large', 'The request is too large.');
