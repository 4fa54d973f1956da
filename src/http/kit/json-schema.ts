// The JSON Schemas of an OpenAPI document, made from the schemas that judge bodies. They use only what code
// generators understand: named shapes are components, integers have a format, and a constant is an enum.
import { z } from 'zod';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

export type Schemas = ReturnType<typeof createSchemas>;

const maxInt32 = 2_147_483_647;

/** @param given schemas of the document that are not made from zod */
export function createSchemas(given: Readonly<Record<string, JsonSchema>>) {
  const named: Record<string, JsonSchema> = { ...given };

  /** Moves shapes with an `id` to the components. The dialect is OpenAPI's default (OpenAPI 3.1 §4.8.24). */
  function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
    const placed = JSON.parse(made.replaceAll('"#/$defs/', '"#/components/schemas/'));
    const { $schema: _, $defs = {}, ...rest } = placed as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [name, { id: _id, ...shape }] of Object.entries($defs)) named[name] = adapt(shape, io);
    adapt(rest, io);
    return rest;
  }

  /** Generators give classes of components a name, and read null in them more reliably than elsewhere. */
  function componentOf(schema: JsonSchema, name: string): JsonSchema {
    if (!('$ref' in schema)) named[name] = schema;
    return '$ref' in schema ? schema : { $ref: `#/components/schemas/${name}` };
  }

  return {
    /** For `components.schemas`. Complete when every body and answer was asked for. */
    named,
    /** Shape of a query, whose fields become parameters. */
    ofQuery: (schema: z.ZodType): JsonSchema => schemaOf(schema, 'input'),
    /** Shape of what a caller sends. @param name for the component, if the shape has none of its own */
    ofBody: (schema: z.ZodType, name: string): JsonSchema => componentOf(schemaOf(schema, 'input'), name),
    /** Shape of an answer. @param name as for a body */
    ofAnswer: (schema: z.ZodType, name: string): JsonSchema => componentOf(schemaOf(schema, 'output'), name),
  };
}

/** Changes a schema in place, its parts first. @returns the same schema */
function adapt(part: JsonSchema, io: 'input' | 'output'): JsonSchema {
  for (const inner of partsOf(part)) adapt(inner, io);
  // Answers stay open: a client has to ignore fields that it does not know, so that fields can be added.
  if (io === 'output' && part.additionalProperties === false) delete part.additionalProperties;
  const types = [part.type].flat();
  if (types.includes('integer')) addFormat(part, io);
  if (types.includes('number')) part.format ??= 'double';
  if ('const' in part) {
    part.enum = [part.const];
    delete part.const;
  }
  if (Array.isArray(part.exactlyOneOf)) splitByField(part, part.exactlyOneOf);
  if (Array.isArray(part.anyOf)) mergeNull(part, part.anyOf);
  return part;
}

/** The schemas directly inside a schema. */
function partsOf({ properties, items, additionalProperties, anyOf }: JsonSchema): JsonSchema[] {
  const inner = [...Object.values(properties ?? {}), items, additionalProperties, ...[anyOf ?? []].flat()];
  return inner.filter((each): each is JsonSchema => typeof each === 'object' && each !== null);
}

/** Without a format, generators take 32 bits, which do not hold epoch seconds after 2038. */
function addFormat(part: JsonSchema, io: 'input' | 'output'): void {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = part as Record<string, number>;
  part.format ??= minimum >= -maxInt32 && maximum <= maxInt32 ? 'int32' : 'int64';
  // A caller has to know the bounds of what it sends. Those of an answer say nothing.
  if (io === 'output' && minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
  if (io === 'output' && maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
}

/** One shape or null becomes a shape that may be null, since generators make a class of every `anyOf`. */
function mergeNull(part: JsonSchema, [shape, alternative, ...more]: readonly JsonSchema[]): void {
  if (more.length > 0 || alternative?.type !== 'null' || typeof shape?.type !== 'string') return;
  const { anyOf: _, ...rest } = part;
  for (const key of Object.keys(part)) delete part[key];
  Object.assign(part, shape, rest, { type: [shape.type, 'null'] });
  if (Array.isArray(shape.enum)) part.enum = [...shape.enum, null];
}

/** `meta({ exactlyOneOf: [...] })` of an object with optional fields becomes one object per field. */
function splitByField(part: JsonSchema, fields: readonly string[]): void {
  const { exactlyOneOf: _, type, properties = {}, additionalProperties, required: _none, ...rest } = part;
  const all = Object.entries(properties as JsonSchema);
  const oneOf = fields.map((field) => ({
    type,
    required: [field],
    properties: Object.fromEntries(all.filter(([name]) => name === field || !fields.includes(name))),
    additionalProperties,
  }));
  for (const key of Object.keys(part)) delete part[key];
  Object.assign(part, rest, { oneOf });
}
