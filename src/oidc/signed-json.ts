// Refuses JSON of a client that the library would fail at: nested deeper than any request needs
// (json-nesting.ts), or an object in place of a text that has no text. It concerns the `claims` parameter,
// request objects and client assertions.
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isNestedTooDeeply } from '../json-nesting.ts';

type Oidc = KoaContextWithOIDC['oidc'] & { readonly ctx: KoaContextWithOIDC };
/** A class of the library that its types leave out. Each of its providers has one of its own. */
type Context = { readonly prototype: Pick<Oidc, 'entity'> };

/** Makes the library ask here once it knows the client, and before it copies what the client signed. */
export function refuseUnreadableJson(provider: Provider): void {
  const { prototype } = (provider as unknown as { readonly OIDCContext: Context }).OIDCContext;
  const { entity } = prototype;
  prototype.entity = function noted(this: Oidc, ...named: Parameters<Oidc['entity']>) {
    entity.apply(this, named);
    if (named[0] === 'Client') judge(this);
  };
}

/** @throws errors.InvalidRequest, errors.InvalidRequestObject, errors.InvalidClientAuth */
function judge({ ctx, body }: Oidc): void {
  const { claims, request, client_assertion: assertion } = (ctx.method === 'POST' ? body : ctx.query) ?? {};
  if (typeof claims === 'string' && isNestedTooDeeply(claims))
    throw new errors.InvalidRequest('claims parameter is nested too deeply');
  const parts = partsOf(request);
  if (parts.some(isNestedTooDeeply)) throw new errors.InvalidRequestObject('Request Object is nested too deeply');
  const wrong = memberWithoutText(parts[1] ?? '');
  if (wrong !== undefined) throw new errors.InvalidRequestObject(`Request Object: ${wrong} must be a string`);
  if (partsOf(assertion).some(isNestedTooDeeply))
    throw new errors.InvalidClientAuth('client assertion: it is nested too deeply');
}

/** Header and payload of a JWT, decoded; whatever was sent instead gives texts that mean nothing. */
const partsOf = (jwt: unknown): string[] =>
  typeof jwt === 'string' ? jwt.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString()) : [];

/** The name of a parameter that the library cannot turn into a text. `claims` stays an object. */
function memberWithoutText(payload: string): string | undefined {
  const members = objectIn(payload);
  return Object.keys(members).find((name) => name !== 'claims' && !hasText(members[name]));
}

/** The members of a JSON object; none when the text is something else, which the library refuses. */
function objectIn(json: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(json) };
  } catch {
    return {};
  }
}

/** False for `{"toString": 1}`, also inside a list: its text cannot be made. */
function hasText(value: unknown): boolean {
  try {
    return typeof String(value) === 'string';
  } catch {
    return false;
  }
}
