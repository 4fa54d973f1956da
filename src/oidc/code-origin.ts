// Where a code came from, for the audit trail (security.md H5). A request at the token endpoint names
// neither the interaction nor the ticket, so both are kept in the record of the code. The library has no
// field for them; what was read is noted for the request that read it.
import type { AdapterPayload } from 'oidc-provider';

export type CodeOrigin = { readonly correlationId: string | null; readonly ticketId: string | null };

/** The part of a library request that is read here. */
type OidcRequest = {
  readonly oidc: {
    readonly entities: { readonly Interaction?: { readonly cid?: string | undefined } | undefined };
    readonly result?: Readonly<Record<string, unknown>> | undefined;
  };
};

const noted = new WeakMap<object, CodeOrigin>();

/** Reads the origin from the request that leads to a code. */
export const originOf = ({ oidc }: OidcRequest): CodeOrigin => ({
  correlationId: oidc.entities.Interaction?.cid ?? null,
  ticketId: approvalOf(oidc.result),
});

/**
 * Id of the approval, which is the id of its ticket. We put it into the result of the interaction; the
 * library keeps unknown members there.
 */
export function approvalOf(result: Readonly<Record<string, unknown>> | undefined): string | null {
  const approval = result?.approval;
  return typeof approval === 'object' && approval !== null && 'id' in approval ? String(approval.id) : null;
}

/**
 * Id of the record of this sign-in (core/approval), by whichever way the person signed in; null for a request
 * of a browser that is signed in already.
 */
export function signInOf(result: Readonly<Record<string, unknown>> | undefined): string | null {
  const own = result?.sign_in;
  return typeof own === 'object' && own !== null && 'id' in own ? String(own.id) : approvalOf(result);
}

export const withOrigin = (payload: AdapterPayload, origin: CodeOrigin): AdapterPayload => ({ ...payload, origin });

/** Reads the origin from the record of a code; null when the record has none. */
export function readOrigin(payload: AdapterPayload | undefined): CodeOrigin | null {
  const origin = payload?.origin;
  return typeof origin === 'object' && origin !== null ? (origin as CodeOrigin) : null;
}

/** Notes that `request` redeems the code with this record. */
export function noteOrigin(request: object, payload: AdapterPayload | undefined): void {
  const origin = readOrigin(payload);
  if (origin) noted.set(request, origin);
}

export const notedOrigin = (request: object): CodeOrigin | null => noted.get(request) ?? null;
