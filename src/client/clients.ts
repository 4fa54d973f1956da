// Use-cases of clients: those of the configuration, then those that were registered.
import type { Clock } from '../clock.ts';
import { digest, randomSecret } from '../crypto.ts';
import { type Client, ClientError, type ClientMetadata, defaultQrPolicy, type QrPolicy } from './client.ts';
import type { ClientStore } from './client-store.ts';
import { checkRedirectUri } from './redirect-uri.ts';

/** A client as written in the configuration: OIDC metadata by its registered names, with our own keys beside it. */
export type ConfiguredClient = { readonly [Key in keyof QrPolicy]?: QrPolicy[Key] | undefined } & {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  readonly first_party?: boolean | undefined;
  /** SHA-256 of each secret, hex. The secret itself never stands in a file. */
  readonly client_secret_sha256?: readonly string[] | undefined;
  readonly [name: string]: unknown;
};

export type NewClient = {
  readonly id?: string | undefined;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
  readonly firstParty?: boolean | undefined;
};

export type Clients = ReturnType<typeof createClients>;

export function createClients(deps: { store: ClientStore; configured: readonly Client[]; clock: Clock }) {
  const configured = new Map(deps.configured.map((client) => [client.id, client]));
  return {
    find: async (id: string): Promise<Client | null> => configured.get(id) ?? deps.store.find(id),

    list: async (): Promise<Client[]> => [...configured.values(), ...(await deps.store.list())],

    /** Registers. The secret is shown this once. @throws ClientError `redirect_uri_invalid`, `client_id_taken` */
    async add(input: NewClient): Promise<{ client: Client; secret: string | null }> {
      for (const uri of input.redirectUris) checkRedirectUri(uri);
      if (input.redirectUris.length === 0)
        throw new ClientError('client_metadata_invalid', 'A client needs a redirect URI.');
      const secret = input.isPublic ? null : randomSecret(256);
      const now = deps.clock();
      const client: Client = {
        id: input.id ?? randomSecret(128),
        metadata: {
          client_name: input.name,
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

/** @throws ClientError `redirect_uri_invalid` */
export function toClient(entry: ConfiguredClient, now: number): Client {
  const { client_id, first_party, client_secret_sha256, ...rest } = entry;
  for (const uri of entry.redirect_uris) checkRedirectUri(uri);
  const policyKeys = Object.keys(defaultQrPolicy);
  const isPolicy = ([key]: [string, unknown]) => policyKeys.includes(key);
  const metadata = Object.fromEntries(Object.entries(rest).filter((pair) => !isPolicy(pair))) as ClientMetadata;
  return {
    id: client_id,
    metadata,
    secretHashes: (client_secret_sha256 ?? []).map((hex) => Buffer.from(hex, 'hex').toString('base64url')),
    qr: { ...defaultQrPolicy, ...Object.fromEntries(Object.entries(rest).filter(isPolicy)) },
    firstParty: first_party ?? false,
    createdAt: now,
    updatedAt: now,
  };
}
