// A relying party: its OpenID Connect metadata as registered, and its policy for signing in with QR (protocol.md 5).
import { AppError } from '../errors.ts';

/** Protocol.md 5; the values in `defaultQrPolicy` apply where a client says nothing. */
export type QrPolicy = {
  readonly qr_sign_in: 'on' | 'off';
  readonly qr_confirmation: 'auto' | 'always' | 'never';
  readonly qr_user_verification: 'auto' | 'required' | 'none';
  readonly qr_scanner: 'any' | 'in_app';
  readonly qr_trust_browser: 'allowed' | 'never';
  readonly other_sign_in: 'allowed' | 'never';
};

export const defaultQrPolicy: QrPolicy = {
  qr_sign_in: 'on',
  qr_confirmation: 'auto',
  qr_user_verification: 'auto',
  qr_scanner: 'any',
  qr_trust_browser: 'allowed',
  other_sign_in: 'allowed',
};

/** OpenID Connect client metadata by its registered names (OIDC Registration §2), without the secret. */
export type ClientMetadata = {
  readonly client_name?: string | undefined;
  readonly redirect_uris: readonly string[];
  readonly [name: string]: unknown;
};

export type Client = {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** SHA-256 of each valid secret, base64url; none for a public client. Enough, since secrets are 256 random bits. */
  readonly secretHashes: readonly string[];
  readonly qr: QrPolicy;
  /** A first-party client needs no consent. */
  readonly firstParty: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type ClientErrorCode =
  | 'client_id_taken'
  | 'client_not_found'
  | 'redirect_uri_invalid'
  | 'client_metadata_invalid';
export class ClientError extends AppError<ClientErrorCode> {}
