// Use-cases of clients: those of the configuration, then those that were registered.
import type { Clock } from '../clock.ts';
import { digest, randomSecret } from '../crypto.ts';
import { type Client, ClientError, type ClientMetadata, defaultQrPolicy, type QrPolicy } from './client.ts';
import type { ClientStore } from './client-store.ts';
import { type ApplicationType, checkRedirectUri } from './redirect-uri.ts';

/** A client as written in the configuration: OIDC metadata by its registered names, with our own keys beside it. */
export type ConfiguredClient = { readonly [Key in keyof QrPolicy]?: QrPolicy[Key] | undefined } & {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  readonly first_party?: boolean | undefined;
  readonly application_type?: ApplicationType | undefined;
  readonly post_logout_redirect_uris?: readonly string[] | undefined;
  /** SHA-256 of each secret, hex or base64url. The secret itself never stands in a file. */
  readonly client_secret_sha256?: readonly string[] | undefined;
  readonly [name: string]: unknown;
};

export type NewClient = {
  readonly id?: string | undefined;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
  readonly isNative?: boolean | undefined;
  readonly firstParty?: boolean | undefined;
};

export type Clients = ReturnType<typeof createClients>;

export function createClients(deps: { store: ClientStore; configured: readonly Client[]; clock: Clock }) {
  const configured = new Map(deps.configured.map((client) => [client.id, client]));
  return {
    find: async (id: string): Promise<Client | null> => configured.get(id) ?? deps.store.find(id),

    /** The configured ones first; a registered one of the same id is hidden by them. */
    async list(): Promise<Client[]> {
      const registered = (await deps.store.list()).filter(({ id }) => !configured.has(id));
      return [...configured.values(), ...registered];
    },

    /** Registers. The secret is shown this once. @throws ClientError `redirect_uri_invalid`, `client_id_taken`, `client_metadata_invalid` */
    async add(input: NewClient): Promise<{ client: Client; secret: string | null }> {
      checkNew(input);
      const secret = input.isPublic ? null : randomSecret(256);
      const now = deps.clock();
      const client: Client = {
        id: input.id ?? randomSecret(128),
        metadata: {
          client_name: input.name.trim(),
          application_type: input.isNative ? 'native' : 'web',
          redirect_uris: input.redirectUris,
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          scope: 'openid profile email offline_access',
          token_endpoint_auth_method: input.isPublic ? 'none' : 'client_secret_basic',
        },
        secretHashes: secret ? [digest(secret)] : [],
        qr: defaultQrPolicy,
        firstParty: input.firstParty ?? false,
        createdAt: now,
        updatedAt: now,
      };
      if (configured.has(client.id) || !(await deps.store.create(client))) {
        throw new ClientError('client_id_taken', 'There is a client with this id already.');
      }
      return { client, secret };
    },
  };
}

function checkNew({ id, name, redirectUris, isNative }: NewClient): void {
  const invalid = (sentence: string) => new ClientError('client_metadata_invalid', sentence);
  if (id !== undefined && !/^[\x21-\x7e]{1,200}$/.test(id)) {
    throw invalid('A client id has 1 to 200 printable ASCII characters without spaces.');
  }
  // People decide by this name: nothing in it may reorder or hide text.
  if (!/^[^\p{Cc}\p{Bidi_Control}]{1,200}$/u.test(name.trim()))
    throw invalid('A client’s name has 1 to 200 visible characters.');
  if (redirectUris.length === 0) throw invalid('A client needs a redirect URI.');
  for (const uri of redirectUris) checkRedirectUri(uri, isNative ? 'native' : 'web');
}

/** @throws ClientError `redirect_uri_invalid` */
export function toClient(entry: ConfiguredClient, now: number): Client {
  const { client_id, first_party, client_secret_sha256, ...rest } = entry;
  for (const uri of [...entry.redirect_uris, ...(entry.post_logout_redirect_uris ?? [])]) {
    checkRedirectUri(uri, entry.application_type ?? 'web');
  }
  const policyKeys = Object.keys(defaultQrPolicy);
  const isPolicy = ([key]: [string, unknown]) => policyKeys.includes(key);
  const metadata = Object.fromEntries(Object.entries(rest).filter((pair) => !isPolicy(pair))) as ClientMetadata;
  return {
    id: client_id,
    metadata,
    secretHashes: (client_secret_sha256 ?? []).map(toDigest),
    qr: { ...defaultQrPolicy, ...Object.fromEntries(Object.entries(rest).filter(isPolicy)) },
    firstParty: first_party ?? false,
    createdAt: now,
    updatedAt: now,
  };
}

/** As crypto.digest writes it. */
const toDigest = (sha256: string): string =>
  /^[0-9a-f]{64}$/i.test(sha256) ? Buffer.from(sha256, 'hex').toString('base64url') : sha256;
