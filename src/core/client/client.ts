// A relying party: its OpenID Connect metadata as registered, its secrets, and its policy for signing in with QR (protocol.md 5).
import { AppError } from '../../errors.ts';
import type { Registration } from './registration.ts';

/** Protocol.md 5; the values in `defaultQrPolicy` apply where a client says nothing. */
export type QrPolicy = {
  /** passkey: only one used on the waiting browser itself; no QR code, no password. Absent in records of before there was a choice. */
  readonly sign_in?: 'any' | 'passkey';
  readonly qr_sign_in: 'on' | 'off';
  readonly qr_confirmation: 'auto' | 'always' | 'never';
  readonly qr_user_verification: 'auto' | 'required' | 'none';
  readonly qr_scanner: 'any' | 'in_app';
  readonly qr_trust_browser: 'allowed' | 'never';
  readonly other_sign_in: 'allowed' | 'never';
};

export const defaultQrPolicy: Required<QrPolicy> = {
  sign_in: 'any',
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

/** One of a client's secrets. During a rotation the old and the new one are both valid. */
export type ClientSecret = {
  readonly id: string;
  readonly name: string;
  /** SHA-256, base64url. Enough, since secrets are 256 random bits. */
  readonly hash: string;
  readonly createdAt: number;
  /** Null: until it is revoked. */
  readonly expiresAt: number | null;
};

/** Which picture it shows: the hash is its address, `/logo/<hash>`; `copy` is the upload that it owns. */
export type ClientLogo = { readonly hash: string; readonly copy: string };

export type Client = {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** None for a public client. */
  readonly secrets: readonly ClientSecret[];
  readonly qr: QrPolicy;
  /** A first-party client needs no consent. */
  readonly firstParty: boolean;
  /** configuration: read-only everywhere else. */
  readonly source: 'configuration' | 'registered';
  /** A picture checked and served by us; absent or null: people see the first letter of its name. */
  readonly logo?: ClientLogo | null;
  /** It registered itself (RFC 7591); people are told that nobody here checked it. */
  readonly registration?: Registration;
  /** A switched-off client is refused on every path at once. */
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** One more with every change: two editors cannot overwrite each other. */
  readonly revision: number;
};

export type ClientErrorCode =
  | 'client_id_taken'
  | 'client_not_found'
  | 'client_changed'
  | 'client_read_only'
  | 'client_secret_not_found'
  | 'client_metadata_invalid'
  | 'logo_too_large'
  | 'logo_type_unsupported'
  | 'logo_type_mismatch'
  | 'logo_broken'
  | 'logo_side_too_long'
  | 'logo_unsafe';
export class ClientError extends AppError<ClientErrorCode> {
  /** What is wrong, by field. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];

  constructor(code: ClientErrorCode, message: string, problems: ClientError['problems'] = []) {
    super(code, message);
    this.problems = problems;
  }
}

/** Its logo as we serve it. What it names itself (`logo_uri`) is told to nobody: whoever loads it tells that server so (security.md E5, F4). */
export const logoPathOf = ({ logo }: Client): string | null => (logo ? `/logo/${logo.hash}` : null);

/** Digests of the secrets that are valid at `now`. */
export const validSecretHashes = ({ secrets }: Client, now: number): string[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).map(({ hash }) => hash);

/** OIDC Registration §2: client_secret_basic where nothing is said. */
export const usesSecret = (client: Readonly<Record<string, unknown>>): boolean =>
  String(client.token_endpoint_auth_method ?? 'client_secret_basic').startsWith('client_secret');
