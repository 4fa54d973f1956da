// Refuses JSON of a client that is nested deeper than any request needs (json-nesting.ts), before the library
// copies it: the `claims` parameter, request objects and client assertions.

import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isNestedTooDeeply } from '../json-nesting.ts';

type Oidc = KoaContextWithOIDC['oidc'] & { readonly ctx: KoaContextWithOIDC };
type Context = { readonly prototype: Pick<Oidc, 'entity'> };

/** Makes the library ask here once it knows the client, and before it copies what the client signed. */
export function refuseDeepJson(provider: Provider): void {
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
  if (isDeep(claims)) throw new errors.InvalidRequest('claims parameter is nested too deeply');
  if (isDeepJwt(request)) throw new errors.InvalidRequestObject('Request Object is nested too deeply');
  if (isDeepJwt(assertion)) throw new errors.InvalidClientAuth('client assertion: it is nested too deeply');
}

const isDeep = (json: unknown): boolean => typeof json === 'string' && isNestedTooDeeply(json);

const isDeepJwt = (jwt: unknown): boolean =>
  typeof jwt === 'string' && jwt.split('.', 2).some((part) => isDeep(Buffer.from(part, 'base64url').toString()));
