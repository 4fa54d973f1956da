// A relying party: its OpenID Connect metadata, its secrets, and its policy for signing in by QR code
// (protocol.md 5).
import { AppError } from '../../errors.ts';
import type { Registration } from './registration.ts';

/** Policy keys (protocol.md 5). A client without a key has its value in `defaultQrPolicy`. */
export type QrPolicy = {
  /** `passkey`: only a passkey on the waiting browser, no QR code and no password. Absent in old records. */
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

/** OpenID Connect client metadata by registered names (OIDC Registration §2), without the secret. */
export type ClientMetadata = {
  readonly client_name?: string | undefined;
  readonly redirect_uris: readonly string[];
  readonly [name: string]: unknown;
};

/** One of a client's secrets. During a rotation the old and the new one are both valid. */
export type ClientSecret = {
  readonly id: string;
  readonly name: string;
  /** SHA-256, base64url. That suffices because secrets are 256 random bits. */
  readonly hash: string;
  readonly createdAt: number;
  /** Null: valid until revoked. */
  readonly expiresAt: number | null;
};

/** The logo. `hash` is its address, `/logo/<hash>`; `copy` is the upload that belongs to this client. */
export type ClientLogo = {
  readonly hash: string;
  readonly copy: string;
  /** The `logo_uri` from which it was fetched. Absent: an administrator uploaded it. */
  readonly from?: string;
};

/** Instants are in epoch seconds. */
export type Client = {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** Empty for a public client. */
  readonly secrets: readonly ClientSecret[];
  readonly qr: QrPolicy;
  /** A first-party client needs no consent. */
  readonly firstParty: boolean;
  /** `configuration`: it can be changed only in the configuration file. */
  readonly source: 'configuration' | 'registered';
  /**
   * A checked picture that this server serves. Without one, people see the first letter of the client's name.
   */
  readonly logo?: ClientLogo | null;
  /**
   * Present when the client registered itself (RFC 7591). People are told that no administrator checked it.
   */
  readonly registration?: Registration;
  /** When it was disabled. A disabled client is refused everywhere at once. */
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Increases with every change, so that two editors cannot overwrite each other. */
  readonly revision: number;
};

/** Stable codes; http/kit/refusals.ts maps each to a status and a sentence. */
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

/**
 * The path of the logo that this server serves. The client's own `logo_uri` is never shown, because loading
 * it would tell that server who signs in (security.md E5, F4).
 */
export const logoPathOf = ({ logo }: Client): string | null => (logo ? `/logo/${logo.hash}` : null);

/** Whether the app itself provided its logo, so that no administrator has looked at it. */
export const isLogoByClient = ({ logo }: Client): boolean => logo?.from !== undefined;

/**
 * The page of the client at which a person starts again: `initiate_login_uri` with `iss` (OIDC Core §4), else
 * `client_uri`; null when it registered neither.
 */
export function signInPageOf({ metadata }: Client, issuer: string): string | null {
  const { initiate_login_uri: initiate, client_uri: home } = metadata;
  if (typeof initiate !== 'string') return typeof home === 'string' ? home : null;
  const address = new URL(initiate);
  address.searchParams.set('iss', issuer);
  return address.href;
}

/** Digests of the secrets that are valid at `now`. */
export const validSecretHashes = ({ secrets }: Client, now: number): string[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).map(({ hash }) => hash);

/** Whether the client proves itself in no way (RFC 6749 §2.1). */
export const isPublic = (client: Readonly<Record<string, unknown>>): boolean =>
  client.token_endpoint_auth_method === 'none';

/**
 * Whether the client authenticates by a secret. The default method is client_secret_basic (OIDC Registration
 * §2).
 */
export const usesSecret = (client: Readonly<Record<string, unknown>>): boolean =>
  String(client.token_endpoint_auth_method ?? 'client_secret_basic').startsWith('client_secret');
