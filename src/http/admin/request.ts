// The guard of the administration API: who calls, which revision they saw, and what they ask for.
import type { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { Client } from '../../core/client/client.ts';
import { adminScopes } from '../../core/client/client-schema.ts';
import { cliClientId } from '../../oidc/own-client.ts';
import type { Context } from '../kit/context.ts';
import { type ProofDeps, verifyDeviceProof } from '../kit/device-proof.ts';
import { HttpError } from '../kit/refusals.ts';
import type { AdminCaller, AdminScope } from './operation.ts';
import { isAdministrator, scopesOfRoles } from './rights.ts';

/** A client-credentials token, as oidc-provider stores it. */
export type MachineToken = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The resources that the token is for (RFC 8707). */
  readonly audience: string | readonly string[] | null;
  /** The key that the token is bound to; null for a bearer token. */
  readonly keyThumbprint: string | null;
};

/** The token of a person who works by our own command line, from a device grant. */
export type PersonToken = MachineToken & { readonly accountId: string };

/** `proofs` remembers proofs, so that none is accepted twice. */
export type AdminGuardDeps = {
  readonly issuer: string;
  readonly proofs: ProofDeps;
  /** Finds a client-credentials token; null when it is unknown or expired. */
  readonly findMachineToken: (token: string) => Promise<MachineToken | null>;
  /** Finds a person's token; null when it is unknown or expired. */
  readonly findPersonToken: (token: string) => Promise<PersonToken | null>;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
};

/** @returns a function that admits a request to an operation, or refuses it */
export function createAdminGuard(deps: AdminGuardDeps) {
  const audience = `${deps.issuer}/admin`;

  /** Checks the proof by the key that the token is bound to (RFC 9449 §7.1). */
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

  /** Admits a person: the role counts as it is at this moment, and E1 as at the console. */
  async function admitPerson(
    { accountId, clientId, scopes }: PersonToken,
    scope: AdminScope | null,
  ): Promise<AdminCaller> {
    const account = await deps.findAccount(accountId);
    if (!account) throw invalidToken();
    const rights: readonly string[] = scopesOfRoles(account);
    if (scope === null && rights.length === 0)
      throw new HttpError('role_missing', 'This account does not administer anything here.');
    if (scope !== null && !rights.includes(scope))
      throw new HttpError('role_insufficient', 'Your role does not cover this.');
    return { clientId, account, scopes: scopes.filter((each) => rights.includes(each)) };
  }

  return {
    /**
     * Identifies the caller and checks the scope. @param scope null where any right suffices
     * @throws HttpError `token_invalid`, `scope_insufficient`, `role_missing`, `role_insufficient`
     * (security.md E1)
     * @throws DeviceError for a wrong proof
     */
    async admit(ctx: Context, scope: AdminScope | null): Promise<AdminCaller> {
      const [scheme = '', token = ''] = ctx.get('Authorization').split(' ');
      const machine = token === '' ? null : await deps.findMachineToken(token);
      const person = machine || token === '' ? null : await deps.findPersonToken(token);
      const found = machine ?? person;
      if (!found) throw invalidToken();
      // A token that another client got for a person concerns that person's own data, whatever role the
      // person has here.
      if (person && person.clientId !== cliClientId) throw insufficient(scope);
      if (![found.audience ?? []].flat().includes(audience)) throw insufficient(scope);
      await checkBinding(ctx, scheme.toLowerCase(), token, found.keyThumbprint);
      if (scope !== null && !found.scopes.includes(scope)) throw insufficient(scope);
      if (!person) return { clientId: found.clientId, scopes: found.scopes };
      return admitPerson(person, scope);
    },
  };
}

/**
 * Nobody makes or changes a client that may do more than they may. Approving sign-ins is more than any
 * machine may.
 * @throws HttpError `scope_insufficient`
 */
export function assertWithin(caller: AdminCaller, scope: unknown): void {
  const names = String(scope ?? '').split(' ');
  if (names.includes('approve') && !isAdministrator(caller)) throw approveIsForAdministrators();
  const wanted = names.filter((name) => (adminScopes as readonly string[]).includes(name));
  const beyond = wanted.find((name) => !caller.scopes.includes(name));
  if (beyond) throw insufficient(beyond as AdminScope);
}

/** Settings that only an administrator may switch on. */
const forAdministrators = ['device_grant', 'allow_insecure_redirects'] as const;

/**
 * The device grant is the one that phishing uses most, so only an administrator may switch it on. No machine
 * is one, since whoever manages clients may make machines.
 * @param before what is there already; null for a new client
 * @throws HttpError `role_insufficient`
 */
export function assertMaySwitchOnDevices(
  caller: AdminCaller,
  input: Readonly<Record<string, unknown>>,
  before: Client | null = null,
): void {
  const added = forAdministrators.find((name) => input[name] === true && before?.metadata[name] !== true);
  if (added === undefined || isAdministrator(caller)) return;
  throw new HttpError('role_insufficient', `${added} is an administrator’s to switch on.`);
}

/** Refuses a change without If-Match (RFC 6585 §3). @throws HttpError `precondition_required` */
export function requireIfMatch(ctx: Context): void {
  if (ctx.get('If-Match').trim() !== '') return;
  throw new HttpError('precondition_required', 'Say which version you saw: send its ETag as If-Match.');
}

/** Of a tag that is none of ours. No record has it, so the change is refused with 412. */
const noRevision = -1;

/**
 * The revision that a change must meet, by If-Match: `*`, or a list of tags (RFC 9110 §13.1.1). A proxy that
 * compresses makes our tags weak. `W/"1"` counts as `"1"`, a deliberate deviation that loses no update,
 * because a tag is a revision number and no two contents share one.
 * @param current the revision of the record as it was just read
 * @returns null for `*`, which any revision fulfils
 * @throws HttpError `precondition_required` when the header is missing
 */
export function expectedRevision(ctx: Context, current: number): number | null {
  requireIfMatch(ctx);
  const header = ctx.get('If-Match').trim();
  if (header === '*') return null;
  const seen = header.split(',').map((tag) => /^(?:W\/)?"(\d{1,15})"$/.exec(tag.trim())?.[1]);
  return seen.some((revision) => revision === String(current)) ? current : noRevision;
}

/** Validates the query. @throws HttpError `body_invalid` with the name of the parameter */
export function readQuery<Schema extends z.ZodObject>(ctx: Context, schema: Schema): z.infer<Schema> {
  // An HTML form sends every field, so an empty one counts as absent.
  const given = Object.fromEntries(Object.entries(ctx.query).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'query'}: ${issue.message}`);
  throw new HttpError('body_invalid', issues.join('; ').slice(0, 500));
}

/** The token is unknown, expired, or not proved. */
const invalidToken = () =>
  new HttpError('token_invalid', 'This needs an access token for the administration API (client_credentials).');
/** Why a machine, or a client manager, may not handle clients with the scope `approve`. */
const approveIsForAdministrators = () =>
  new HttpError(
    'scope_insufficient',
    'A client with scope approve is an administrator’s to make or change: in the console, on the command line or in the configuration.',
  );
/** The token is valid, and does not cover this operation. */
const insufficient = (scope: AdminScope | null) =>
  new HttpError(
    'scope_insufficient',
    `This needs an access token for the administration API${scope === null ? '' : ` with scope ${scope}`}.`,
  );
