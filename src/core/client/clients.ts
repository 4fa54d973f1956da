// Use-cases of clients, both of the configuration and registered ones. Every change is a new revision, so
// that an editor names the revision that they saw.
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import { type Client, ClientError, type ClientLogo, type ClientSecret, usesSecret } from './client.ts';
import { entryOf, parseInput, settingsOf } from './client-entry.ts';
import { plainName } from './client-settings.ts';
import { type ClientPage, type ClientStore, clientOrigins } from './client-store.ts';
import type { Registration } from './registration.ts';

export type ClientsDeps = {
  readonly store: ClientStore;
  /** Clients of the configuration. On this node they take precedence over their records in the store. */
  readonly configured: readonly Client[];
  readonly clock: Clock;
  /** Returns why oidc-provider would refuse the client, or null. */
  readonly judge: (client: Client) => Promise<string | null>;
  /** Deletes what accounts granted a client that is being deleted. May be repeated. */
  readonly forgetConsents: (clientId: string) => Promise<void>;
};
export type Clients = ReturnType<typeof createClients>;
/** `secret` is shown only this once. Null for a client without secrets. */
export type NewClient = { readonly client: Client; readonly secret: string | null };

/** What must hold when a logo is set or removed. */
export type LogoCondition = {
  /** The revision that the editor saw; null: any. */
  readonly expected: number | null;
  /** Judges the client as it is at that moment. Absent: always. */
  readonly isWanted?: (current: Client) => boolean;
};

/** What changes of a client. Absent parts stay. */
export type ClientEdit = {
  /** Settings by name; null restores the default. */
  readonly patch?: Readonly<Record<string, unknown>>;
  readonly isDisabled?: boolean | null;
  /** Removes the logo. The caller deletes the picture (Logos.forget). */
  readonly logo?: null;
};

/** Enough for a rotation while the previous one is not finished. */
const maxSecrets = 5;
const maxTries = 20;

export function createClients({ store, configured: list, clock, judge, forgetConsents }: ClientsDeps) {
  const configured = new Map(list.map((client) => [client.id, client]));

  /**
   * Changes a registered client.
   * @param expected the revision that the editor saw; null: any
   * @throws ClientError
   */
  async function change(id: string, expected: number | null, edit: (client: Client) => Client): Promise<Client> {
    if (configured.has(id)) throw readOnly();
    const client = await store.update(id, (current) => {
      if (current.source === 'configuration') throw readOnly();
      if (expected !== null && current.revision !== expected) throw changed();
      return { ...edit(current), updatedAt: clock(), revision: current.revision + 1 };
    });
    if (!client) throw notFound();
    return client;
  }

  /** As `change`, but checks the whole client first. A concurrent change makes it check again. */
  async function changeSettings(
    id: string,
    expected: number | null,
    edit: (client: Client) => Client,
  ): Promise<Client> {
    for (let tries = 1; ; tries++) {
      const current = await store.find(id);
      if (configured.has(id)) throw readOnly();
      if (!current) throw notFound();
      if (expected !== null && current.revision !== expected) throw changed();
      await check(edit(current));
      try {
        return await change(id, current.revision, edit);
      } catch (error) {
        const isRace = error instanceof ClientError && error.code === 'client_changed';
        if (expected !== null || !isRace || tries === maxTries) throw error;
      }
    }
  }

  async function check(client: Client): Promise<void> {
    if (client.registration && client.metadata.allow_insecure_redirects === true)
      throw invalid('allow_insecure_redirects must not be set: this app registered itself');
    // A disabled client is not checked, because nobody can use it. It is checked when it is enabled.
    const problem = client.disabledAt === null ? await judge(client) : null;
    if (problem !== null) throw invalid(problem);
  }

  const switchedAt = ({ disabledAt }: Client, isDisabled: boolean): number | null =>
    isDisabled ? (disabledAt ?? clock()) : null;

  /** Switching off needs no check, so that an invalid client can always be disabled. */
  const switchOff = (id: string, expected: number | null): Promise<Client> =>
    change(id, expected, (current) => ({ ...current, disabledAt: switchedAt(current, true) }));

  function update(id: string, edit: ClientEdit, expected: number | null): Promise<Client> {
    const { patch = {}, isDisabled = null } = edit;
    if (Object.keys(patch).length === 0 && isDisabled === true) return switchOff(id, expected);
    return changeSettings(id, expected, (current) => {
      const entry = parseInput({ ...entryOf(current), ...patch });
      if (entry.client_id !== id) throw invalid('client_id never changes.');
      const disabledAt = isDisabled === null ? current.disabledAt : switchedAt(current, isDisabled);
      return { ...current, ...settingsOf(entry), disabledAt, ...(edit.logo === null && { logo: null }) };
    });
  }

  function newSecret(name: string, expiresAt: number | null): { kept: ClientSecret; secret: string } {
    const secret = randomSecret(256);
    const kept = { id: randomSecret(64), name, hash: digest(secret), createdAt: clock(), expiresAt };
    return { kept, secret };
  }

  return {
    /** Returns an enabled client, or null. */
    async find(id: string): Promise<Client | null> {
      const client = configured.get(id) ?? (await store.find(id));
      return client && client.disabledAt === null ? client : null;
    },

    /**
     * Returns the client as recorded, also when it is disabled. A client of the configuration that was not
     * applied yet is returned as configured.
     */
    findAny: async (id: string): Promise<Client | null> => (await store.find(id)) ?? configured.get(id) ?? null,

    /** Whether any client has a redirect URI of this origin or lists it in `cors_origins`. */
    hasOrigin: async (origin: string): Promise<boolean> =>
      list.some((client) => clientOrigins(client).includes(origin)) || store.hasOrigin(origin),

    /** A page of all recorded clients by name, including those of the configuration (apply.ts). */
    page: (page: ClientPage) => store.page(page),

    /** Registers a client. @throws ClientError `client_metadata_invalid`, `client_id_taken` */
    async create(input: unknown, registration?: Registration): Promise<NewClient> {
      const entry = parseInput(input);
      const now = clock();
      const made = usesSecret(entry) ? newSecret('first', null) : null;
      const client: Client = {
        id: entry.client_id ?? randomSecret(128),
        ...settingsOf(entry),
        secrets: made ? [made.kept] : [],
        source: 'registered',
        ...(registration && { registration }),
        disabledAt: null,
        createdAt: now,
        updatedAt: now,
        revision: 1,
      };
      await check(client);
      if (configured.has(client.id) || !(await store.create(client))) {
        throw new ClientError('client_id_taken', 'There is a client with this id already.');
      }
      return { client, secret: made?.secret ?? null };
    },

    /**
     * Changes the named settings (null restores the default), and disables or enables the client, as one
     * revision or not at all.
     * @throws ClientError `client_metadata_invalid`, `client_not_found`, `client_changed`, `client_read_only`
     */
    update,

    /**
     * Sets or removes the logo, as one step with the condition.
     * @returns the client and its previous logo
     * @throws ClientError as `update`; `client_changed` also when the logo is not wanted
     */
    async setLogo(id: string, logo: ClientLogo | null, { expected, isWanted }: LogoCondition) {
      let before: ClientLogo | null = null;
      const client = await change(id, expected, (current) => {
        if (isWanted && !isWanted(current)) throw changed();
        before = current.logo ?? null;
        return { ...current, logo };
      });
      return { client, before: before as ClientLogo | null };
    },

    /** Replaces the registration token (RFC 7592). @returns null when the present one is not `expected` */
    async setRegistrationToken(
      id: string,
      { expected, next }: { expected: string | null; next: string },
    ): Promise<Client | null> {
      let isRight = false;
      const client = await change(id, null, (current) => {
        const { registration } = current;
        isRight = registration !== undefined && registration.tokenHash === expected;
        return registration && isRight ? { ...current, registration: { ...registration, tokenHash: next } } : current;
      });
      return isRight ? client : null;
    },

    /**
     * Disables or enables the client. A disabled client is refused everywhere at once, also in running
     * sign-ins. Enabling checks it again.
     * @throws ClientError as `update`
     */
    setDisabled: (id: string, isDisabled: boolean, expected: number | null): Promise<Client> =>
      update(id, { isDisabled }, expected),

    /**
     * Deletes the client.
     * @returns the client as it was last; its logo is not deleted with it (Logos.forget)
     * @throws ClientError `client_not_found`, `client_changed`, `client_read_only`
     */
    async delete(id: string, expected: number | null): Promise<Client> {
      // The change checks the revision, so that a stale one deletes nothing.
      const last = await change(id, expected, (current) => ({ ...current, disabledAt: switchedAt(current, true) }));
      // A disabled client is granted nothing more, so none of them comes back.
      await forgetConsents(id);
      await store.delete(id);
      return last;
    },

    /**
     * Adds a secret, valid beside the others.
     * @returns the secret, shown only this once
     * @throws ClientError as `update`
     */
    async addSecret(id: string, { name, expiresAt }: { name: string; expiresAt: number | null }) {
      if (!plainName(60).safeParse(name).success) throw invalid('A secret’s name must be short plain text.');
      const { kept, secret } = newSecret(name, expiresAt);
      const client = await change(id, null, (current) => {
        if (!usesSecret(current.metadata))
          throw invalid('This client has no secrets: it proves itself otherwise, or not at all.');
        if (current.secrets.length >= maxSecrets) throw invalid('A client has five secrets at most; revoke one first.');
        return { ...current, secrets: [...current.secrets, kept] };
      });
      return { client, id: kept.id, secret };
    },

    /** Revokes a secret at once. @throws ClientError `client_secret_not_found`, or as `update` */
    revokeSecret: (id: string, secretId: string): Promise<Client> =>
      change(id, null, (current) => {
        const secrets = current.secrets.filter((secret) => secret.id !== secretId);
        if (secrets.length === current.secrets.length) {
          throw new ClientError('client_secret_not_found', 'This client has no such secret.');
        }
        return { ...current, secrets };
      }),
  };
}

const invalid = (sentence: string) => new ClientError('client_metadata_invalid', sentence);
const notFound = () => new ClientError('client_not_found', 'There is no such client.');
const changed = () =>
  new ClientError('client_changed', 'Somebody changed this client meanwhile. Look at it again first.');
const readOnly = () =>
  new ClientError('client_read_only', 'This client comes from the configuration, and is changed there.');
