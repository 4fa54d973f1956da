// What a refusal of the library says: the error, the library's detail, and the value that was wrong. Values
// of codes, tokens, secrets and verifiers are removed here, wherever they stand.
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { RefusalEvent } from '../core/audit/audit-record.ts';
import {
  bareAddress,
  maxValueLength,
  nearestAddress,
  type Refusal,
  receivedId,
  removedValue,
} from '../core/refusal/refusal.ts';
import { plainText } from '../plain-text.ts';

/** The members of the library's errors that are read here. */
export type LibraryError = Error & {
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
  /** The true reason, which clients never see. */
  readonly error_detail?: string | undefined;
  readonly scope?: string | undefined;
};

type Facts = Record<string, string>;
type Params = Readonly<Record<string, unknown>>;

/** Parameters whose values open something, or are personal. */
const secretParams =
  /^(code|code_verifier|device_code|user_code|token|access_token|refresh_token|client_secret|client_assertion|id_token_hint|login_hint|logout_hint|request|request_uri|state|nonce|username|password|xsrf)$/;

/** Parameters that a refusal shows when it is about them. */
const shownParams = [
  'response_type',
  'response_mode',
  'grant_type',
  'scope',
  'resource',
  'prompt',
  'code_challenge_method',
  'max_age',
  'acr_values',
];
/** The parameter that an error is about, by its code. */
const paramOf: Readonly<Record<string, string>> = {
  invalid_scope: 'scope',
  invalid_target: 'resource',
  unsupported_response_type: 'response_type',
  unsupported_response_mode: 'response_mode',
  unsupported_grant_type: 'grant_type',
};

/** Describes one refusal. Never throws, whatever the request was. */
export function refusalOf(event: RefusalEvent, ctx: KoaContextWithOIDC, error: LibraryError): Refusal {
  const params = paramsOf(ctx);
  const { client } = ctx.oidc;
  const conceal = concealer(ctx, params);
  const facts: Facts = { error: error.error ?? error.message };
  if (error.error_description) facts.description = error.error_description;
  const detail = detailOf(error);
  if (detail && detail !== error.error_description) facts.detail = detail;
  if (!client) facts.client_received = receivedId(received(params, ctx));
  Object.assign(
    facts,
    offendingParams(params, error),
    addressFacts(params, error, client),
    authFacts(ctx, params, error),
  );
  if (error.error === 'invalid_grant') facts.reason = grantReason(error.error_detail ?? '');
  const kept = Object.entries(facts).filter(([, value]) => value !== '');
  return {
    event,
    clientId: client?.clientId ?? null,
    facts: Object.fromEntries(kept.map(([name, value]) => [name, conceal(plainText(value, maxValueLength))])),
  };
}

/** The parameters as they arrived. A request that failed early has none that the library has read. */
function paramsOf(ctx: KoaContextWithOIDC): Params {
  const { params, body } = ctx.oidc;
  const raw = ctx.method === 'POST' ? body : ctx.query;
  return { ...(typeof raw === 'object' ? raw : {}), ...defined(params ?? {}) };
}

const defined = (params: object): Params =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'string' ? value : '';
};

/**
 * The library's detail, with the errors that caused it. The message of a parser quotes its input, which may
 * be a token.
 */
function detailOf({ error_detail: detail = '', cause }: LibraryError): string {
  const causes = causesOf(cause);
  if (causes.some((each) => each instanceof SyntaxError)) return 'it cannot be parsed';
  const told = causes.map((each) => ('error_description' in each ? String(each.error_description) : each.message));
  // Without words of its own the library repeats the message of the cause, which may be a mere code.
  const own = detail === causes[0]?.message ? [] : [detail];
  return [...new Set([...own, ...told])].filter((text) => text !== '').join(': ');
}

/** The chain of an error's causes, at most three. */
function causesOf(cause: unknown): Error[] {
  const found: Error[] = [];
  for (let next = cause; next instanceof Error && found.length < 3; next = next.cause) found.push(next);
  return found;
}

/**
 * What was sent as the secret of a client that does not exist: its id, where somebody has swapped the two.
 * It must not be kept before it is known to be an id. Null: nothing that could be one.
 */
export function swappedIdOf(ctx: KoaContextWithOIDC): string | null {
  if (ctx.oidc.client) return null;
  const secret = textOf(paramsOf(ctx).client_secret) || (basicOf(ctx)?.secret ?? '');
  return secret !== '' && secret.length <= 200 ? secret : null;
}

/** Removes the secret values of this request from a text. */
function concealer(ctx: KoaContextWithOIDC, params: Params): (text: string) => string {
  const secret = Object.entries(params)
    .filter(([name]) => secretParams.test(name))
    .flatMap(([, value]) => (Array.isArray(value) ? value.map(textOf) : [textOf(value)]));
  const basic = basicOf(ctx);
  const headers = [ctx.get('authorization').replace(/^\w+\s+/, ''), ctx.get('dpop'), basic?.secret ?? ''];
  const values = [...secret, ...headers].filter((value) => value.length >= 4);
  return (text) => values.reduce((rest, value) => rest.replaceAll(value, removedValue), text);
}

/** Client id and secret of an `Authorization: Basic` header (RFC 6749 §2.3.1); null without one. */
function basicOf(ctx: KoaContextWithOIDC): { readonly id: string; readonly secret: string } | null {
  const encoded = /^basic\s+(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  if (encoded === undefined) return null;
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: decoded(id), secret: decoded(rest.join(':')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The client id that was sent, for a client that does not exist. */
const received = (params: Params, ctx: KoaContextWithOIDC): string =>
  textOf(params.client_id) || (basicOf(ctx)?.id ?? '');

/** The parameters that the error is about: by its code, or because its description names them. */
function offendingParams(params: Params, error: LibraryError): Facts {
  const description = error.error_description ?? '';
  const isMeant = (name: string) =>
    paramOf[error.error ?? ''] === name || new RegExp(`\\b${name.replace('_', '[_ ]')}\\b`).test(description);
  const meant = shownParams.filter((name) => isMeant(name) && params[name] !== undefined);
  const shown = Object.fromEntries(meant.map((name) => [name, bareParam(name, textOf(params[name]))]));
  // The scope of an error is the wrong part of what was received, or what is missing there.
  const isReceived = error.scope?.split(' ').every((name) => textOf(params.scope).split(' ').includes(name));
  return error.scope !== undefined && isReceived ? { ...shown, scope: error.scope } : shown;
}

const bareParam = (name: string, value: string): string => (name === 'resource' ? bareAddress(value) : value);

/** The received address and the nearest registered one, where an address was refused. */
function addressFacts(params: Params, error: LibraryError, client: Client | undefined): Facts {
  const about = `${error.error} ${error.error_description} ${error.error_detail}`;
  if (!/redirect_uri/.test(about)) return {};
  const isLogout = /post_logout/.test(about);
  const name = isLogout ? 'post_logout_redirect_uri' : 'redirect_uri';
  const sent = textOf(params[name]);
  const registered = (isLogout ? client?.postLogoutRedirectUris : client?.redirectUris) ?? [];
  const nearest = nearestAddress(sent, registered);
  return { ...(sent && { [name]: bareAddress(sent) }), ...(nearest && { [`nearest_${name}`]: nearest }) };
}

/** How the client tried to authenticate, and how it is registered, where its authentication was refused. */
function authFacts(ctx: KoaContextWithOIDC, params: Params, error: LibraryError): Facts {
  const isAbout =
    error.error === 'invalid_client' || /client authentication|authorization header/.test(`${error.error_description}`);
  if (!isAbout) return {};
  const registered = ctx.oidc.client?.clientAuthMethod;
  return { auth_method: authMethodOf(ctx, params), ...(registered && { registered_auth_method: registered }) };
}

function authMethodOf(ctx: KoaContextWithOIDC, params: Params): string {
  const header = ctx.get('authorization');
  if (/^basic\s/i.test(header)) return 'client_secret_basic';
  // Only known schemes are shown: where one is missing, the first word is the secret.
  if (header !== '') return /^(bearer|dpop|digest)\s/i.exec(header)?.[1]?.toLowerCase() ?? 'unknown';
  if (params.client_assertion !== undefined) return 'private_key_jwt';
  return params.client_secret !== undefined ? 'client_secret_post' : 'none';
}

/** Published reasons of an `invalid_grant`, by the library's detail. */
const grantReasons: readonly (readonly [RegExp, string])[] = [
  [/expired/, 'expired'],
  [/already (consumed|used)/, 'used'],
  [/code_verifier must be provided/, 'no_verifier'],
  [/code_verifier|code_challenge/, 'wrong_verifier'],
  [/redirect_uri mismatch/, 'wrong_redirect_uri'],
  [/client mismatch/, 'other_client'],
  [/grant not found/, 'revoked'],
  [/account not found|accountId/, 'account_unavailable'],
  [/not found/, 'unknown'],
  [/dpop|jkt/i, 'wrong_key'],
];

const grantReason = (detail: string): string => grantReasons.find(([words]) => words.test(detail))?.[1] ?? '';
