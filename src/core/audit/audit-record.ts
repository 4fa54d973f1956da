// The record of one event: the closed list of events, and the shape in which every store keeps them. Records
// carry ids and facts, never secrets. A ticket is named by its id (a digest), a browser by the digest of its
// cookie.

/** Every event, by its published name. The names are stored and exported: do not rename one. */
export const auditEvents = [
  'ticket.issued',
  'ticket.scanned',
  'ticket.second_scan',
  'ticket.asked',
  'ticket.approved',
  'ticket.denied',
  'ticket.reported',
  'ticket.cancelled',
  'ticket.consumed',
  'ticket.confirmation_wrong',
  'ticket.refused',
  'sign_in.succeeded',
  'sign_in.failed',
  'device.created',
  'device.renamed',
  'device.removed',
  'passkey.created',
  'passkey.renamed',
  'passkey.removed',
  'recovery_codes.made',
  'recovery_code.used',
  'approval.ended',
  'approval.disowned',
  'code.issued',
  'code.redeemed',
  'refresh_token.repeated',
  'session.ended',
  'account.changed',
  'account.deleted',
  'link.created',
  'link.used',
  'link.revoked',
  'client.created',
  'client.changed',
  'client.deleted',
  'client.secret_added',
  'client.secret_revoked',
  'client.logo_refused',
  'logout.delivered',
  'logout.given_up',
  'mail.given_up',
  'rate_limited',
  'key.rotation_asked',
  'registration_token.created',
  'registration_token.revoked',
  'key.rotated',
  'key.removed',
  'sign_in.timed_out',
  'authorization.refused',
  'pushed_request.refused',
  'device_authorization.refused',
  'token.refused',
  'introspection.refused',
  'revocation.refused',
  'userinfo.refused',
  'registration.refused',
  'logout.refused',
] as const;
export type AuditEvent = (typeof auditEvents)[number];

/**
 * A protocol endpoint refused a request of a client (core/refusal). `ticket.refused` is none of them: it is
 * part of the story of a sign-in and is kept as long.
 */
export type RefusalEvent = Exclude<Extract<AuditEvent, `${string}.refused`>, 'ticket.refused'>;

/** What can happen to a single-use link. */
export type LinkChange = Extract<AuditEvent, `link.${string}`>;
/** Events that concern no person: a client or an administrator asked for something. */
export type AskedEvent = 'key.rotation_asked' | `registration_token.${'created' | 'revoked'}`;
/** What can happen to a relying party. */
export type ClientChange = Extract<AuditEvent, `client.${string}`>;

export type AuditRecord = {
  /** Epoch seconds. */
  readonly at: number;
  readonly event: AuditEvent;
  readonly ticketId: string | null;
  /** The id of one authorization request, the same over all its steps. */
  readonly correlationId: string | null;
  readonly accountId: string | null;
  readonly clientId: string | null;
  readonly deviceId: string | null;
  readonly address: string | null;
  /** Short machine-readable facts, such as `{ "risk": "moderate", "channel": "link" }`. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
};
