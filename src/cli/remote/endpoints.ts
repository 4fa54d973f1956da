// Reads the addresses of a provider's endpoints from its discovery document (OIDC Discovery §4).
import { isSafeEndpoint } from './issuer.ts';
import { RemoteError, unexpected } from './remote-error.ts';
import { jsonOf, reach } from './sender.ts';

export type Endpoints = {
  /** Null: the provider does not offer the device grant (RFC 8628). */
  readonly deviceAuthorization: string | null;
  readonly token: string;
  readonly revocation: string;
};

/** @throws RemoteError `provider_unreachable`, `provider_unexpected` */
export async function discover(issuer: string): Promise<Endpoints> {
  const answer = await reach(`${issuer}/.well-known/openid-configuration`, { headers: { accept: 'application/json' } });
  const found = jsonOf(answer);
  if (answer.status !== 200) throw unexpected(`There is no OpenID provider at ${issuer}.`);
  // OIDC Discovery §4.3: the document must name the issuer that it was requested for.
  if (found.issuer !== issuer) throw unexpected(`${issuer} calls itself ${String(found.issuer)}.`);
  const { device_authorization_endpoint: device } = found;
  return {
    deviceAuthorization: device === undefined ? null : endpointOf(device),
    token: endpointOf(found.token_endpoint),
    revocation: endpointOf(found.revocation_endpoint),
  };
}

function endpointOf(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !isSafeEndpoint(url))
    throw new RemoteError('provider_unexpected', 'The provider names no usable endpoint.');
  return url.href;
}
