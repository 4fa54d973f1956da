// What an account has going, as the administration API describes and shows it: devices, approvals, grants.
import { z } from 'zod';
import { type Approval, methodOf, signInMethods } from '../../core/approval/approval.ts';
import type { Device } from '../../core/device/device.ts';
import type { AccountGrant } from '../../oidc/grants.ts';
import { publishedKind } from '../kit/published-kind.ts';

/** Epoch seconds. */
const instant = z.int().describe('Epoch seconds.');
/** The ways to sign a browser in. */
const methodInfo = z
  .enum(signInMethods)
  .describe('How it was signed in. device: the browser is itself a device of the account.');
/** A signed-in device. */
export const deviceInfo = z.object({
  id: z.string(),
  name: z.string(),
  network: z.string(),
  signed_in_at: instant,
  last_used_at: instant,
});
/** A browser or a screen that is signed in. */
export const approvalInfo = z.object({
  id: z.string(),
  kind: z
    .enum(['browser', 'device'])
    .describe('What was signed in: a browser, or a screen without a keyboard (device, RFC 8628).'),
  method: methodInfo,
  client_id: z.string(),
  client_name: z.string(),
  browser: z.string(),
  system: z.string(),
  network: z.string().nullable(),
  trusted: z.boolean(),
  approved_at: instant,
});
/** What a client was granted. */
export const grantInfo = z.object({
  id: z.string(),
  client_id: z.string(),
  scopes: z.array(z.string()),
  granted_at: instant,
  expires_at: instant.nullable(),
  last_used_at: instant.nullable().describe('Time of the last token that still exists. Epoch seconds.'),
});
/** A device as the API shows it. Instants are epoch seconds. */
export const deviceJson = ({ id, name, address, authenticatedAt, lastUsedAt }: Device) => ({
  id,
  name,
  network: address,
  signed_in_at: authenticatedAt,
  last_used_at: lastUsedAt,
});

/** An approval as the API shows it. `kind` tells a screen from a browser. */
export const approvalJson = (approval: Approval) => ({
  id: approval.id,
  kind: publishedKind(approval.kind === 'screen'),
  method: methodOf(approval),
  client_id: approval.clientId,
  client_name: approval.clientName,
  browser: approval.browserName,
  system: approval.browserSystem,
  network: approval.browserAddress,
  trusted: approval.trusted,
  approved_at: approval.approvedAt,
});

/** A grant as the API shows it. */
export const grantJson = ({ id, clientId, scopes, grantedAt, expiresAt, lastUsedAt }: AccountGrant) => ({
  id,
  client_id: clientId,
  scopes,
  granted_at: grantedAt,
  expires_at: expiresAt,
  last_used_at: lastUsedAt,
});
