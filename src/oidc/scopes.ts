// Which scopes a request may have, decided before the library judges them (RFC 6749 §3.3, RFC 8707 §2).
// Without `resource`, other scopes are left out; with one they are refused. What a client asked for at first
// is kept, because many clients repeat it at a refresh.
import { decodeProtectedHeader } from 'jose';
import Provider, {
  type AdapterPayload,
  errors,
  type KoaContextWithOIDC,
  type Client as LibraryClient,
} from 'oidc-provider';
import { claimsByScope } from './claims.ts';
import { deviceGrantType, phoneScope } from './client-metadata.ts';
import { ownSettingsOf } from './client-settings.ts';
import { cliClientId } from './own-client.ts';
import { judgeParameters } from './parameters.ts';

/**
 * A parameter of our own beside those of a request: every scope that the client asked for. What a client
 * sends by this name is overwritten.
 */
export const firstScopeParameter = 'requested_scope';

/** The scopes of OpenID Connect that this provider knows. */
const openIdScopes: readonly string[] = [...Object.keys(claimsByScope), 'offline_access'];
/** RFC 6749 §3.3. The library refuses anything else. */
const wellFormed = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/;

type Oidc = KoaContextWithOIDC['oidc'];

const words = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []);

/**
 * Scopes of our own two APIs. A person's token reaches administration through our own command line only; a
 * machine's token never reaches the phone API, whose tokens are worthless without their key (security.md C7).
 */
export function apiScopesOf(
  client: LibraryClient,
  how: { issuer: string; resource: string; isMachine: boolean },
): string[] {
  const own = ownSettingsOf(client).apiScopes;
  const isBound = client.dpopBoundAccessTokens === true;
  if (how.resource === `${how.issuer}/admin`)
    return how.isMachine || (client.clientId === cliClientId && isBound)
      ? own.filter((name) => name !== phoneScope)
      : [];
  const isPhone = how.resource === `${how.issuer}/phone` && isBound && !how.isMachine;
  return isPhone ? own.filter((name) => name === phoneScope) : [];
}

/** Makes the library ask here first, at the authorization, PAR and device authorization endpoints. */
export function settleScopes(provider: Provider): void {
  const { prototype } = provider.Client;
  const { responseTypeAllowed, grantTypeAllowed } = prototype;
  // Both are called when all parameters are known, and before the library looks at the scopes.
  prototype.responseTypeAllowed = function allowed(this: LibraryClient, type) {
    const isAllowed = responseTypeAllowed.call(this, type);
    if (isAllowed && Provider.ctx) settle(Provider.ctx.oidc, provider.issuer);
    return isAllowed;
  };
  prototype.grantTypeAllowed = function allowed(this: LibraryClient, type) {
    const isAllowed = grantTypeAllowed.call(this, type);
    const oidc = Provider.ctx?.oidc;
    if (isAllowed && type === deviceGrantType && oidc?.route === 'device_authorization') settle(oidc, provider.issuer);
    return isAllowed;
  };
}

/** @throws errors.InvalidScope, errors.InvalidRequest */
function settle(oidc: Oidc, issuer: string): void {
  const { client, params } = oidc;
  if (!client || !params) return;
  judgeParameters(params);
  if (params.scope !== undefined && !wellFormed.test(String(params.scope))) return;
  const asked = words(params.scope);
  // A pushed request was settled when it was pushed, but a signed one is kept as the client signed it.
  if (!isSettled(oidc.entities.PushedAuthorizationRequest)) params[firstScopeParameter] = asked.join(' ') || undefined;
  const allowList = client.scope === undefined ? openIdScopes : words(client.scope);
  const isOpenId = (scope: string): boolean => openIdScopes.includes(scope) && allowList.includes(scope);
  const resources = [params.resource ?? []].flat().map(String);
  if (resources.length === 0) {
    const left = asked.filter(isOpenId);
    // At once, and not after the person has approved.
    if (!left.includes('openid')) throw new errors.InvalidScope('scope must have openid', 'openid');
    params.scope = left.join(' ');
    return;
  }
  const ofApis = resources.flatMap((resource) => apiScopesOf(client, { issuer, resource, isMachine: false }));
  // The library refuses an unknown resource with invalid_target.
  if (ofApis.length === 0) return;
  if (asked.length === 0) params.scope = ofApis.join(' ');
  const wrong = asked.find((scope) => !isOpenId(scope) && !ofApis.includes(scope));
  if (wrong !== undefined) throw refused(wrong);
}

/** Whether a pushed request is one that the library wrote, from settled parameters. */
const isSettled = (pushed: { readonly request: string } | undefined): boolean =>
  pushed !== undefined && decodeProtectedHeader(pushed.request).alg === 'none';

/**
 * Judges a request of a machine (RFC 6749 §4.4.2). Without a scope it gets all that it may have at the API.
 * @param ofApi the scopes that it may have there; none without `resource`
 * @throws errors.InvalidScope
 */
export function settleMachineScopes({ params }: Oidc, ofApi: readonly string[]): void {
  if (params?.grant_type !== 'client_credentials') return;
  const asked = words(params.scope);
  const wrong = asked.find((scope) => !ofApi.includes(scope));
  if (wrong !== undefined) throw refused(wrong);
  if (asked.length === 0 && ofApi.length > 0) params.scope = ofApi.join(' ');
}

const refused = (scope: string) => new errors.InvalidScope('requested scope is not allowed', scope);

const noted = new WeakMap<object, string>();

/** Keeps what was asked for at first in the record of a code, and from there in the refresh tokens. */
export function withFirstScope(model: string, payload: AdapterPayload, ctx: KoaContextWithOIDC): AdapterPayload {
  const first =
    model === 'AuthorizationCode'
      ? ctx.oidc.params?.[firstScopeParameter]
      : model === 'RefreshToken'
        ? noted.get(ctx)
        : undefined;
  return typeof first === 'string' ? { ...payload, firstScope: first } : payload;
}

/** Notes what the record that this request uses was asked for with. */
export function noteFirstScope(ctx: KoaContextWithOIDC, payload: AdapterPayload | undefined): void {
  if (typeof payload?.firstScope === 'string') noted.set(ctx, payload.firstScope);
}

/**
 * A client may repeat every scope of its first request, and receives those that were granted. That deviates
 * from RFC 6749 §6, which allows granted scopes only: Authlib and openid-client 5 repeat what they asked for.
 * The library refuses what is left.
 */
export function allowFirstScope({ oidc }: KoaContextWithOIDC, payload: AdapterPayload | undefined): void {
  const { params } = oidc;
  if (!payload || params?.grant_type !== 'refresh_token') return;
  const [asked, granted, first] = [words(params.scope), words(payload.scope), words(payload.firstScope)];
  if (!asked.every((scope) => granted.includes(scope) || first.includes(scope))) return;
  const kept = asked.filter((scope) => granted.includes(scope));
  if (kept.length > 0) params.scope = kept.join(' ');
}
