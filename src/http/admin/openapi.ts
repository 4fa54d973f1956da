// The OpenAPI document of the administration API. It adds what kit/openapi.ts cannot know: who may call, and
// the headers for versions and repetition.
import { boundTokenScheme, type OperationExtras, openApiOf } from '../kit/openapi.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import { idempotencyKeyPattern } from './idempotency.ts';
import type { AdminOperation } from './operation.ts';

/** A header that a request sends. */
const header = (name: string, isRequired: boolean, description: string, example: string, pattern?: string) => ({
  name,
  in: 'header',
  required: isRequired,
  schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
  example,
  description,
});
/** RFC 9110 §13.1.1. */
const ifMatch = header(
  'If-Match',
  true,
  'The ETag that was seen, a list of them, or `*`. A weak tag counts as the strong one.',
  '"3"',
);
const idempotencyKey = header(
  'Idempotency-Key',
  false,
  'Repeated within a day, it gets the same answer.',
  'order-4711',
  idempotencyKeyPattern,
);
/** The proof beside a bound token. */
const proof = {
  name: 'DPoP',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description:
    'Required with a bound token: a proof by its key for this method and URL (RFC 9449). It can be used once.',
};
/** The header that names a version. */
const etag = { ETag: { description: 'Revision of the resource, for If-Match.', schema: { type: 'string' } } };

/** What every operation can answer. */
const common: readonly RefusalCode[] = [
  'token_invalid',
  'device_proof_required',
  'device_proof_invalid',
  'device_clock_wrong',
  'scope_insufficient',
  // To a person at the command line.
  'role_missing',
  'role_insufficient',
  'temporarily_unavailable',
];

/** @param hasVersions whether a record at this path carries an ETag */
function extrasOf({ method, path, scope, ...operation }: AdminOperation, hasVersions: boolean): OperationExtras {
  const scopes = scope === null ? [] : [scope];
  return {
    tags: [path.split('/')[1] ?? ''],
    security: [{ token: scopes }, { boundToken: scopes }],
    parameters: [
      proof,
      ...(operation.isConditional ? [ifMatch] : []),
      ...(operation.isCreation ? [idempotencyKey] : []),
    ],
    ...(hasVersions && method !== 'delete' && { headers: etag }),
    refuses: [
      ...common,
      ...(operation.isConditional ? (['precondition_required'] as const) : []),
      ...(operation.isCreation ? (['body_invalid', 'request_in_progress'] as const) : []),
    ],
  };
}

/** How callers get a token: client credentials (RFC 6749 §4.4). */
const securitySchemes = (issuer: string, scopes: Record<string, string>) => ({
  token: {
    type: 'oauth2',
    description: `A bearer token for the resource ${issuer}/admin.`,
    flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes } },
  },
  boundToken: {
    ...boundTokenScheme,
    description:
      'A token of the same kind that is bound to a key, as `DPoP <token>`. Each request carries a fresh proof in the header DPoP (RFC 9449).',
  },
});

/** The whole document. It is the same for every caller. */
export function adminOpenApi(issuer: string, operations: readonly AdminOperation[]) {
  const scopes = Object.fromEntries(
    [...new Set(operations.flatMap(({ scope }) => scope ?? []))].sort().map((scope) => [scope, inWords(scope)]),
  );
  const versioned = new Set(operations.filter(({ isConditional }) => isConditional).map(({ path }) => path));
  return openApiOf({
    issuer,
    title: 'Tessera administration API',
    description: `Ask the token endpoint with grant_type=client_credentials and resource=${issuer}/admin for the scopes you need.`,
    prefix: '/admin/v1',
    securitySchemes: securitySchemes(issuer, scopes),
    operations,
    describe: (row) => extrasOf(row, versioned.has(row.path)),
  });
}

/** `clients:read` as "Read clients". */
function inWords(scope: string): string {
  const [what, how] = scope.split(':');
  return `${how === 'read' ? 'Read' : 'Change'} ${what}`;
}
