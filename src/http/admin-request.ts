// What every request to the administration API brings: who calls, which revision they saw, and what they ask for.
import type { z } from 'zod';
import { adminScopes } from '../client/client-schema.ts';
import type { AdminCaller, AdminScope } from './admin-operation.ts';
import type { Context } from './context.ts';
import { type ProofDeps, verifyDeviceProof } from './device-proof.ts';
import { HttpError } from './refusals.ts';

export type MachineToken = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: string | readonly string[] | null;
  readonly keyThumbprint: string | null;
};

export type AdminGuardDeps = {
  readonly issuer: string;
  readonly proofs: ProofDeps;
  readonly findMachineToken: (token: string) => Promise<MachineToken | null>;
  /** Whether this is a person's token: known, and not for here. */
  readonly isPersonToken: (token: string) => Promise<boolean>;
};

export function createAdminGuard(deps: AdminGuardDeps) {
  const audience = `${deps.issuer}/admin`;

  async function checkBinding(
    ctx: Context,
    scheme: string,
    token: string,
    keyThumbprint: string | null,
  ): Promise<void> {
    const isProved = scheme === 'dpop';
    // RFC 9449 §7.2: a bound token is not a bearer token, and the other way round.
    if (isProved !== (keyThumbprint !== null)) throw invalidToken();
    if (!isProved) return;
    const request = { method: ctx.method, url: `${deps.issuer}${ctx.path}`, accessToken: token };
    const proof = await verifyDeviceProof(deps.proofs, ctx.get('DPoP') || undefined, request);
    if (proof.keyThumbprint !== keyThumbprint) throw invalidToken();
  }

  return {
    /** @throws HttpError `token_invalid`, `scope_insufficient` (security.md E1); DeviceError for a bad proof */
    async admit(ctx: Context, scope: AdminScope): Promise<AdminCaller> {
      const [scheme = '', token = ''] = ctx.get('Authorization').split(' ');
      const found = token === '' ? null : await deps.findMachineToken(token);
      if (!found) {
        if (token !== '' && (await deps.isPersonToken(token))) throw insufficient(scope);
        throw invalidToken();
      }
      if (![found.audience ?? []].flat().includes(audience)) throw insufficient(scope);
      await checkBinding(ctx, scheme.toLowerCase(), token, found.keyThumbprint);
      if (!found.scopes.includes(scope)) throw insufficient(scope);
      return { clientId: found.clientId, scopes: found.scopes };
    },
  };
}

/** Nobody makes or changes what may do more than they; approving sign-ins is more than any machine may. @throws HttpError `scope_insufficient` */
export function assertWithin(caller: AdminCaller, scope: unknown): void {
  const names = String(scope ?? '').split(' ');
  if (names.includes('approve')) throw approveIsForAdministrators();
  const wanted = names.filter((name) => (adminScopes as readonly string[]).includes(name));
  const beyond = wanted.find((name) => !caller.scopes.includes(name));
  if (beyond) throw insufficient(beyond as AdminScope);
}

/** RFC 9110 §13.1.1, RFC 6585 §3. Null for `*`: whichever. @throws HttpError `precondition_required` */
export function expectedRevision(ctx: Context): number | null {
  const header = ctx.get('If-Match').trim();
  if (header === '*') return null;
  const revision = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (revision === undefined) {
    throw new HttpError('precondition_required', 'Say which version you saw: send its ETag as If-Match.');
  }
  return Number(revision);
}

/** @throws HttpError `body_invalid` naming the parameter */
export function readQuery<Schema extends z.ZodObject>(ctx: Context, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(ctx.query);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'query'}: ${issue.message}`);
  throw new HttpError('body_invalid', issues.join('; ').slice(0, 500));
}

const invalidToken = () =>
  new HttpError('token_invalid', 'This needs an access token for the administration API (client_credentials).');
const approveIsForAdministrators = () =>
  new HttpError(
    'scope_insufficient',
    'A client with scope approve is an administrator’s to make or change: in the console, on the command line or in the configuration.',
  );
const insufficient = (scope: AdminScope) =>
  new HttpError('scope_insufficient', `This needs an access token for the administration API with scope ${scope}.`);
