// Where a code came from, for the audit trail (security.md H5): the token endpoint's request names neither the interaction nor the ticket,
// so both stand in the code's own record. The library keeps no field of ours; what was read is noted for the request that read it.
import type { AdapterPayload } from 'oidc-provider';

export type CodeOrigin = { readonly correlationId: string | null; readonly ticketId: string | null };

/** The part of a request of the library that is read here. */
type OidcRequest = {
  readonly oidc: {
    readonly entities: { readonly Interaction?: { readonly cid?: string | undefined } | undefined };
    readonly result?: Readonly<Record<string, unknown>> | undefined;
  };
};

const noted = new WeakMap<object, CodeOrigin>();

/** Of the request that leads to a code. */
export const originOf = ({ oidc }: OidcRequest): CodeOrigin => ({
  correlationId: oidc.entities.Interaction?.cid ?? null,
  ticketId: approvalOf(oidc.result),
});

/** An approval has its ticket's id. We put it into the interaction's result; the library keeps what it does not know there. */
export function approvalOf(result: Readonly<Record<string, unknown>> | undefined): string | null {
  const approval = result?.approval;
  return typeof approval === 'object' && approval !== null && 'id' in approval ? String(approval.id) : null;
}

export const withOrigin = (payload: AdapterPayload, origin: CodeOrigin): AdapterPayload => ({ ...payload, origin });

/** Of a code's record. */
export function readOrigin(payload: AdapterPayload | undefined): CodeOrigin | null {
  const origin = payload?.origin;
  return typeof origin === 'object' && origin !== null ? (origin as CodeOrigin) : null;
}

/** The request redeems the code that has this record. */
export function noteOrigin(request: object, payload: AdapterPayload | undefined): void {
  const origin = readOrigin(payload);
  if (origin) noted.set(request, origin);
}

export const notedOrigin = (request: object): CodeOrigin | null => noted.get(request) ?? null;
