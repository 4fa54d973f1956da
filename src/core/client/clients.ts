// Use-cases of clients: those of the configuration, and those that were registered by an administrator. Every change is a whole new
// revision, so that whoever edits says which one they saw.
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import { type Client, ClientError, type ClientLogo, type ClientSecret, usesSecret } from './client.ts';
import { entryOf, parseInput, settingsOf } from './client-entry.ts';
import { plainName } from './client-schema.ts';
import { type ClientPage, type ClientStore, clientOrigins } from './client-store.ts';
import type { Registration } from './registration.ts';

export type ClientsDeps = {
  readonly store: ClientStore;
  /** Those of the configuration: what they say counts on this node, whatever their records say. */
  readonly configured: readonly Client[];
  readonly clock: Clock;
  /** What the protocol's library would refuse when the client is used; null when nothing. */
  readonly judge: (client: Client) => Promise<string | null>;
};
export type Clients = ReturnType<typeof createClients>;
/** `secret` is shown this once; null for a client that has none. */
export type NewClient = { readonly client: Client; readonly secret: string | null };

/** So many that a rotation, and the one after it, fit beside each other. */
const maxSecrets = 5;
const maxTries = 20;

export function createClients({ store, configured: list, clock, judge }: ClientsDeps) {
  const configured = new Map(list.map((client) => [client.id, client]));

  /** @param expected the revision the editor saw; null: whichever. @throws ClientError */
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

  /** As change, but the whole is judged before it is kept; whoever is faster meanwhile makes it judge anew. */
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
    // A client that is off harms nobody; it is judged when it is changed while on.
    const problem = client.disabledAt === null ? await judge(client) : null;
    if (problem !== null) throw invalid(problem);
  }

  const switchedAt = ({ disabledAt }: Client, isDisabled: boolean): number | null =>
    isDisabled ? (disabledAt ?? clock()) : null;

  /** Nothing that a client says may stand in the way of it. */
  const switchOff = (id: string, expected: number | null): Promise<Client> =>
    change(id, expected, (current) => ({ ...current, disabledAt: switchedAt(current, true) }));

  function update(
    id: string,
    { patch = {}, isDisabled = null }: { patch?: Readonly<Record<string, unknown>>; isDisabled?: boolean | null },
    expected: number | null,
  ): Promise<Client> {
    if (Object.keys(patch).length === 0 && isDisabled === true) return switchOff(id, expected);
    return changeSettings(id, expected, (current) => {
      const merged = Object.entries({ ...entryOf(current), ...patch }).filter(([, value]) => value !== null);
      const entry = parseInput(Object.fromEntries(merged));
      if (entry.client_id !== id) throw invalid('client_id never changes.');
      const disabledAt = isDisabled === null ? current.disabledAt : switchedAt(current, isDisabled);
      return { ...current, ...settingsOf(entry), disabledAt };
    });
  }

  function newSecret(name: string, expiresAt: number | null): { kept: ClientSecret; secret: string } {
    const secret = randomSecret(256);
    const kept = { id: randomSecret(64), name, hash: digest(secret), createdAt: clock(), expiresAt };
    return { kept, secret };
  }

  return {
    /** Null when unknown or switched off: every path refuses it then. */
    async find(id: string): Promise<Client | null> {
      const client = configured.get(id) ?? (await store.find(id));
      return client && client.disabledAt === null ? client : null;
    },

    /** As recorded, which is what lists show; switched-off ones too. One of the configuration that was not applied yet is as written. */
    findAny: async (id: string): Promise<Client | null> => (await store.find(id)) ?? configured.get(id) ?? null,

    /** Whether any client's redirect URI has this origin. */
    hasOrigin: async (origin: string): Promise<boolean> =>
      list.some((client) => clientOrigins(client).includes(origin)) || store.hasOrigin(origin),

    /** All that are recorded, those of the configuration among them (apply.ts), a page at a time, by name. */
    page: (page: ClientPage) => store.page(page),

    /** Registers. @throws ClientError `client_metadata_invalid`, `client_id_taken` */
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
     * Changes the named settings, null taking one back to its default, and switches it off or on; one revision, all or nothing.
     * @throws ClientError `client_metadata_invalid`, `client_not_found`, `client_changed`, `client_read_only`
     */
    update,

    /** Names another picture, or none. @returns also the one it named before. @throws ClientError as update */
    async setLogo(id: string, logo: ClientLogo | null, expected: number | null) {
      let before: ClientLogo | null = null;
      const client = await change(id, expected, (current) => {
        before = current.logo ?? null;
        return { ...current, logo };
      });
      return { client, before: before as ClientLogo | null };
    },

    /** @returns null when the token was another one already */
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
     * Off: refused at once everywhere, also where somebody is signing in at this moment. On again, it is judged anew.
     * @throws ClientError as update
     */
    setDisabled: (id: string, isDisabled: boolean, expected: number | null): Promise<Client> =>
      update(id, { isDisabled }, expected),

    /** @throws ClientError `client_not_found`, `client_changed`, `client_read_only` */
    async delete(id: string, expected: number | null): Promise<void> {
      // By way of a change, so that a stale revision deletes nothing.
      await change(id, expected, (current) => ({ ...current, disabledAt: switchedAt(current, true) }));
      await store.delete(id);
    },

    /** One more secret, valid beside the others. @throws ClientError as update */
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

    /** The secret is worth nothing from here on. @throws ClientError `client_secret_not_found`, or as update */
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
