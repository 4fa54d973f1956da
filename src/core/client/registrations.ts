// Use-cases of dynamic registration (RFC 7591, RFC 7592): initial access tokens, which let somebody register
// a number of clients for some days, and clients that read, change and delete themselves by a token that is
// replaced with every change (security.md E3).
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import { AppError } from '../../errors.ts';
import type { LimitStore } from '../limit/limit-store.ts';
import { type Client, ClientError, isLogoByClient, usesSecret } from './client.ts';
import type { Clients } from './clients.ts';
import type { InitialToken, InitialTokenPage, InitialTokenStore, ListedToken } from './initial-token.ts';
import type { Logos } from './logos.ts';
import type { ProvidedLogos } from './provided-logos.ts';
import { isAbsent, registrableInput, registrableKeys } from './registration.ts';

export type RegistrationErrorCode = 'registration_token_invalid' | 'registration_token_not_found';
export class RegistrationError extends AppError<RegistrationErrorCode> {}

export type Registered = {
  readonly client: Client;
  readonly secret: string | null;
  readonly registrationToken: string;
};
export type Registrations = ReturnType<typeof createRegistrations>;

export type NewInitialToken = {
  readonly name: string;
  readonly uses: number;
  readonly days: number;
  /** The id of the account or client that requests it. */
  readonly createdBy?: string;
  readonly createdByKind?: 'account' | 'client';
};

export type RegistrationsDeps = {
  readonly clients: Clients;
  readonly logos: Pick<Logos, 'forget'>;
  readonly providedLogos: Pick<ProvidedLogos, 'want'>;
  readonly tokens: InitialTokenStore;
  readonly uses: LimitStore;
  readonly clock: Clock;
};

export function createRegistrations({ clients, logos, providedLogos, tokens, uses, clock }: RegistrationsDeps) {
  /**
   * Counts one use, as one atomic step over all nodes, and does what it is for. The use is taken back when
   * the metadata is rejected, so that a person can correct them and try again with the same token.
   * @throws RegistrationError `registration_token_invalid`, and what `create` throws
   */
  async function withUse<T>(token: string, create: (initial: InitialToken) => Promise<T>): Promise<T> {
    const hash = digest(token);
    const found = await tokens.find(hash);
    const now = clock();
    if (!found || found.expiresAt <= now) throw invalidToken();
    const count = (points: 1 | -1) => uses.add(usesOf(hash), points, found.expiresAt - now, now);
    if ((await count(1)).count > found.uses) {
      await count(-1);
      throw invalidToken();
    }
    try {
      return await create(found);
    } catch (error) {
      // After any other failure nobody knows whether the client exists.
      if (error instanceof ClientError) await count(-1);
      throw error;
    }
  }

  async function authenticate(id: string, token: string): Promise<Client> {
    const client = await clients.find(id);
    // RFC 7592 §3: unknown clients, other clients and wrong tokens get the same answer.
    if (!client?.registration || client.registration.tokenHash !== digest(token)) throw invalidToken();
    return client;
  }

  /** Replaces the token that was just used. Of two concurrent uses one succeeds. */
  async function rotate(client: Client): Promise<{ client: Client; registrationToken: string }> {
    const registrationToken = randomSecret(256);
    const changed = await clients.setRegistrationToken(client.id, {
      expected: client.registration?.tokenHash ?? null,
      next: digest(registrationToken),
    });
    if (!changed) throw invalidToken();
    return { client: changed, registrationToken };
  }

  return {
    /**
     * Makes a token that may register `uses` clients within `days`.
     * @returns the token, shown only this once
     */
    async createInitialToken(wish: NewInitialToken): Promise<string> {
      const { name, uses: count, days, createdBy = null, createdByKind } = wish;
      const token = randomSecret(256);
      const createdAt = clock();
      await tokens.put(digest(token), {
        name,
        uses: count,
        expiresAt: createdAt + days * 86_400,
        createdAt,
        createdBy,
        ...(createdByKind && { createdByKind }),
      });
      return token;
    },

    /** Tokens that have not expired, also used ones. Their secrets are not stored. */
    async initialTokens(page: InitialTokenPage): Promise<{ tokens: ListedToken[]; cursor: string | null }> {
      const { tokens: found, cursor } = await tokens.page(page);
      const counted = async (token: (typeof found)[number]): Promise<ListedToken> => {
        const used = (await uses.read(usesOf(token.id), clock()))?.count ?? 0;
        return { ...token, usesLeft: Math.max(0, token.uses - used) };
      };
      return { tokens: await Promise.all(found.map(counted)), cursor };
    },

    /**
     * Revokes a token; clients that it registered stay.
     * @returns the token's record
     * @throws RegistrationError `registration_token_not_found`
     */
    async revokeInitialToken(id: string): Promise<InitialToken> {
      const token = await tokens.find(id);
      if (!token || !(await tokens.delete(id)))
        throw new RegistrationError('registration_token_not_found', 'There is no such token; it may have ended.');
      return token;
    },

    /**
     * Registers a client.
     * @throws RegistrationError `registration_token_invalid`; ClientError `client_metadata_invalid`
     */
    register: (token: string, metadata: Readonly<Record<string, unknown>>): Promise<Registered> =>
      withUse(token, async ({ name }) => {
        const registrationToken = randomSecret(256);
        const registration = { by: name, tokenHash: digest(registrationToken) };
        const { client, secret } = await clients.create(registrableInput(metadata), registration);
        providedLogos.want(client);
        return { client, secret, registrationToken };
      }),

    /** Returns the client. Reading leaves the token as it is (RFC 7592 §3). @throws RegistrationError */
    read: (id: string, token: string): Promise<Client> => authenticate(id, token),

    /**
     * Replaces the metadata; omitted fields get their defaults (RFC 7592 §2.2). What only an administrator
     * sets stays, but an app that moves its redirect URIs is no first-party app any more. A logo that the app
     * provided ends with its `logo_uri`; the next one is fetched (provided-logos.ts).
     * @throws RegistrationError; ClientError
     */
    async replace(id: string, token: string, metadata: Readonly<Record<string, unknown>>) {
      const client = await authenticate(id, token);
      if (!isAbsent(metadata.client_id) && metadata.client_id !== id) throw otherClient();
      const absent = Object.fromEntries(registrableKeys.map((key) => [key, null]));
      const input = registrableInput(metadata);
      const isSamePlace = isDeepStrictEqual(input.redirect_uris, client.metadata.redirect_uris);
      const patch = { ...absent, ...input, ...(!isSamePlace && { first_party: null }) };
      const isLogoStale = isLogoByClient(client) && client.logo?.from !== input.logo_uri;
      const edit = { patch, ...(isLogoStale && { logo: null }) };
      const changed = await clients.update(client.id, edit, client.revision);
      if (input.logo_uri !== client.metadata.logo_uri) providedLogos.want(changed);
      if (isLogoStale) await logos.forget(client);
      // A public client that becomes confidential has no secret yet.
      const isWithout = usesSecret(changed.metadata) && changed.secrets.length === 0;
      const made = isWithout ? await clients.addSecret(client.id, { name: 'first', expiresAt: null }) : null;
      return { ...(await rotate(made?.client ?? changed)), secret: made?.secret ?? null };
    },

    /** Deletes the client. @throws RegistrationError */
    async remove(id: string, token: string): Promise<void> {
      const client = await authenticate(id, token);
      await logos.forget(await clients.delete(client.id, client.revision));
    },
  };
}

/** The client's metadata for the registration response (RFC 7591 §3.2.1), without secrets and tokens. */
export function registeredMetadata({ id, metadata, createdAt }: Client): Record<string, unknown> {
  return {
    client_id: id,
    client_id_issued_at: createdAt,
    token_endpoint_auth_method: 'client_secret_basic',
    ...metadata,
  };
}

/** The counter of a token's uses. */
const usesOf = (tokenHash: string): string => `initial token:${tokenHash}`;

const otherClient = () =>
  new ClientError('client_metadata_invalid', 'client_id must be the client’s own, or left out.');
const invalidToken = () =>
  new RegistrationError(
    'registration_token_invalid',
    'The token is unknown, expired, used up, or not for this client.',
  );
