// An OpenAPI document as tests need it: its operations one by one, and answers judged by the schemas it
// gives for them.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import type { Driven } from './operation-drivers.ts';

type Content = Record<string, { schema: object; example?: unknown }>;
type Parameter = {
  name: string;
  in: string;
  required: boolean;
  allowEmptyValue?: boolean;
  example?: unknown;
  schema?: { type?: unknown; minimum?: number; maximum?: number };
};
export type Documented = {
  readonly summary?: string;
  readonly operationId?: string;
  readonly security: readonly Record<string, string[]>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Content };
  readonly responses: Record<string, { description: string; headers?: Record<string, unknown>; content?: Content }>;
};
export type Operation = { readonly name: string; readonly method: string; readonly path: string } & Documented;
export type OpenApi = {
  readonly openapi: string;
  readonly components: { schemas: Record<string, object> };
  readonly paths: Record<string, Record<string, Documented>>;
};

export const readOpenApi = async (issuer: string, of: 'admin' | 'phone') =>
  (await (await fetch(`${issuer}/${of}/v1/openapi.json`)).json()) as OpenApi;

/** Each with its name, such as `GET /admin/v1/clients/{id}`. */
export const operationsOf = ({ paths }: OpenApi): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => {
      const upper = method.toUpperCase();
      return { name: `${upper} ${path}`, method: upper, path, ...documented };
    }),
  );

/** Every schema in a part of a document, however deep, with its place. */
export function* schemasIn(part: unknown, place = ''): Generator<[place: string, schema: Record<string, unknown>]> {
  if (typeof part !== 'object' || part === null) return;
  const { type } = part as { type?: unknown };
  if (typeof type === 'string' || Array.isArray(type)) yield [place, part as Record<string, unknown>];
  for (const [name, inner] of Object.entries(part)) yield* schemasIn(inner, `${place}/${name}`);
}

/** Documents leave room for fields to come; an answer has none yet that its document does not name. */
const closed = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'properties' in value && !('$ref' in value) && 'required' in value
    ? { additionalProperties: false, ...value }
    : value;

/** Judges by the document's own schemas, which have to be strict JSON Schema themselves. */
export function createJudge({ components }: OpenApi) {
  const root = 'https://tessera.test/openapi.json';
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  // A default export of CommonJS, as Node sees it.
  (addFormats as unknown as { default: (to: Ajv2020) => void }).default(ajv);
  const schemas = JSON.parse(JSON.stringify(components.schemas), closed);
  ajv.addSchema({ $id: root, components: { schemas } } as object);
  ajv.addVocabulary(['components', 'example']);

  /** What is wrong, in words; empty when nothing is. */
  function problems(schema: object, value: unknown): string[] {
    const absolute = JSON.stringify(schema).replaceAll('"#/components', `"${root}#/components`);
    const validate = ajv.compile(JSON.parse(absolute, closed));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  }

  return {
    problems,
    /** The answer is one that the document names for this operation, with the body and headers it says. */
    expectDocumented({ name, responses }: Operation, { status, headers, body }: Driven): void {
      const documented = responses[status];
      if (!documented)
        throw new Error(`${name} answered ${status}, which its document does not name: ${JSON.stringify(body)}`);
      for (const header of Object.keys(documented.headers ?? {}))
        expect(headers.get(header), `${name} ${status}: ${header}`).toBeTruthy();
      const type = (headers.get('content-type') ?? '').split(';')[0] ?? '';
      if (!documented.content && type === '') return;
      const { schema } = documented.content?.[type] ?? {};
      if (!schema) throw new Error(`${name} ${status} is of type ${type}, which its document does not name`);
      expect(problems(schema, body), `${name} ${status}: ${JSON.stringify(body).slice(0, 500)}`).toEqual([]);
    },
  };
}
