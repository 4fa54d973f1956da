// Rules for single parameters of an authorization request that are stricter than the library's. scopes.ts
// calls them, once per request, at the authorization, PAR and device authorization endpoints.
import { errors } from 'oidc-provider';

/** Upper bound for the nonce, in bytes of JSON: an ID token repeats it, and it has to stay short. */
const maxNonceBytes = 512;
/** Upper bound for the scope, in characters: it is kept with the tokens, for later refreshes. */
const maxScopeLength = 4096;
/** Upper bound for `max_age`, in digits. More of them could not be a number without loss. */
const maxAgeDigits = 15;

/**
 * @param params of a request, as they were sent; a repeated one was refused before
 * @throws errors.InvalidRequest, errors.InvalidScope
 */
export function judgeParameters({ nonce, scope, max_age: maxAge }: Readonly<Record<string, unknown>>): void {
  if (typeof nonce === 'string' && Buffer.byteLength(JSON.stringify(nonce)) > maxNonceBytes + '""'.length)
    throw new errors.InvalidRequest(`nonce must have at most ${maxNonceBytes} bytes`);
  if (typeof scope === 'string' && scope.length > maxScopeLength)
    throw new errors.InvalidScope(`scope must have at most ${maxScopeLength} characters`, '');
  // The library takes whatever JavaScript takes for a number: `1e3`, `0x10`, ` 5`.
  if (maxAge !== undefined && !new RegExp(`^\\d{1,${maxAgeDigits}}$`).test(String(maxAge)))
    throw new errors.InvalidRequest(`max_age must consist of at most ${maxAgeDigits} decimal digits`);
}
