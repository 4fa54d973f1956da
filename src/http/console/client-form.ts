// Between a client's settings and the fields of the console's form. The kind a person chooses sets what they should not have to know.
import type { Client } from '../../client/client.ts';

export type ClientForm = {
  readonly kind: string;
  readonly client_name: string;
  /** One a line. */
  readonly redirect_uris: string;
  readonly post_logout_redirect_uris: string;
  readonly qr_confirmation: string;
  readonly first_party: boolean;
};

export const emptyForm: ClientForm = {
  kind: 'web',
  client_name: '',
  redirect_uris: '',
  post_logout_redirect_uris: '',
  qr_confirmation: 'auto',
  first_party: false,
};

const kinds: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  web: { token_endpoint_auth_method: 'client_secret_basic' },
  // RFC 9700 §2.1.1, RFC 8252 §8.4: no secret can be kept there.
  spa: { token_endpoint_auth_method: 'none' },
  native: { token_endpoint_auth_method: 'none', application_type: 'native' },
};

type Fields = ReadonlyMap<string, string>;

const lines = (text = ''): string[] => text.split(/[\s,]+/).filter(Boolean);
const unlines = (value: unknown): string => (Array.isArray(value) ? value.join('\n') : '');

export function patchOf(fields: Fields): Record<string, unknown> {
  return {
    client_name: fields.get('client_name')?.trim() || null,
    redirect_uris: lines(fields.get('redirect_uris')),
    post_logout_redirect_uris: lines(fields.get('post_logout_redirect_uris')),
    qr_confirmation: fields.get('qr_confirmation') ?? 'auto',
    first_party: fields.has('first_party'),
  };
}

export const inputOf = (fields: Fields): Record<string, unknown> => ({
  ...patchOf(fields),
  client_name: fields.get('client_name')?.trim() ?? '',
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email offline_access',
  ...(kinds[fields.get('kind') ?? ''] ?? kinds.web),
});

export const formOf = ({ metadata, qr, firstParty }: Client): ClientForm => ({
  kind: 'web',
  client_name: metadata.client_name ?? '',
  redirect_uris: unlines(metadata.redirect_uris),
  post_logout_redirect_uris: unlines(metadata.post_logout_redirect_uris),
  qr_confirmation: qr.qr_confirmation,
  first_party: firstParty,
});
