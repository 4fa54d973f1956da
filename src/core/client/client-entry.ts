// Converts between a client as it is written (client-schema.ts) and as it is stored (client.ts), in both
// directions and without loss.
import type { z } from 'zod';
import {
  type Client,
  ClientError,
  type ClientMetadata,
  type ClientSecret,
  defaultQrPolicy,
  isLogoByClient,
  logoPathOf,
  type QrPolicy,
} from './client.ts';
import { type ClientEntry, type ClientInput, clientInputSchema } from './client-schema.ts';

const policyKeys = Object.keys(defaultQrPolicy);
const isPolicy = ([key]: [string, unknown]): boolean => policyKeys.includes(key);

/** The settings of a client: everything but id, secrets and dates. */
export type Settings = Pick<Client, 'metadata' | 'qr' | 'firstParty'>;

/** Returns what is wrong with an input, by field; empty when nothing is. */
export const problemsIn = (input: unknown): ClientError['problems'] =>
  clientInputSchema.safeParse(withoutNull(input)).error?.issues.flatMap(problemsOf) ?? [];

/**
 * Parses an input, in which null counts as absent.
 * @throws ClientError `client_metadata_invalid` with every problem by field
 */
export function parseInput(input: unknown): ClientInput {
  const parsed = clientInputSchema.safeParse(withoutNull(input));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf);
  const sentence = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ClientError('client_metadata_invalid', sentence.slice(0, 1000), problems);
}

/** Leaves out the settings that are null. What is no object stays, and is refused by the schema. */
function withoutNull(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

export function settingsOf(entry: ClientInput): Settings {
  const { client_id: _id, first_party: firstParty = false, ...rest } = entry;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    metadata: { redirect_uris: [], ...Object.fromEntries(given.filter((pair) => !isPolicy(pair))) } as ClientMetadata,
    qr: { ...defaultQrPolicy, ...(Object.fromEntries(given.filter(isPolicy)) as Partial<QrPolicy>) },
    firstParty,
  };
}

/**
 * Builds a client of the configuration. It was checked when the configuration was loaded, and its secrets
 * were replaced by digests.
 */
export function toClient(entry: ClientEntry, now: number): Client {
  const { client_secret_sha256: sha256 = [], client_secret_env: _env, client_secret_file: _file, ...input } = entry;
  const secret = (text: string, index: number): ClientSecret => ({
    id: String(index + 1),
    name: 'configuration',
    hash: toDigest(text),
    createdAt: now,
    expiresAt: null,
  });
  return {
    id: entry.client_id,
    ...settingsOf(input),
    secrets: sha256.map(secret),
    source: 'configuration',
    disabledAt: null,
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
}

/** The client as it would be written in a configuration. */
export const entryOf = ({ id, metadata, qr, firstParty }: Client): Record<string, unknown> => ({
  client_id: id,
  ...metadata,
  first_party: firstParty,
  ...qr,
});

/** The published JSON of a client for administrators. It contains no secrets. */
export const describeClient = (client: Client) => ({
  ...entryOf(client),
  enabled: client.disabledAt === null,
  source: client.source,
  logo: logoPathOf(client),
  logo_by_client: isLogoByClient(client),
  secrets: client.secrets.map(({ id, name, createdAt, expiresAt }) => ({
    id,
    name,
    created_at: createdAt,
    expires_at: expiresAt,
  })),
  created_at: client.createdAt,
  updated_at: client.updatedAt,
});

/** Converts a SHA-256 in hex to base64url, the form of crypto.digest. */
const toDigest = (sha256: string): string =>
  /^[0-9a-f]{64}$/i.test(sha256) ? Buffer.from(sha256, 'hex').toString('base64url') : sha256;

function problemsOf(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path: path || 'body', message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known key' }));
}
