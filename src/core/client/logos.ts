// Use-cases of logos: a picture is checked, stored, and then named by its client, in this order, so that a
// client never names a missing picture. A crash in between leaves an unused small picture behind.
import { randomSecret } from '../../crypto.ts';
import type { Client, ClientLogo } from './client.ts';
import type { Clients, LogoCondition } from './clients.ts';
import { type Logo, readLogo } from './logo.ts';
import type { LogoStore } from './logo-store.ts';

export type LogosDeps = { readonly store: LogoStore; readonly clients: Clients };
export type Logos = ReturnType<typeof createLogos>;

/** `type` is the media type that came with the picture. */
type Picture = { readonly body: Buffer; readonly type: string };
type Replaced = { readonly client: Client; readonly before: ClientLogo | null };

export function createLogos({ store, clients }: LogosDeps) {
  const forget = async (logo: ClientLogo | null | undefined): Promise<void> => {
    if (logo) await store.delete(logo.hash, logo.copy);
  };

  async function change(id: string, next: ClientLogo | null, condition: LogoCondition): Promise<Replaced> {
    const replaced = await clients.setLogo(id, next, condition);
    await forget(replaced.before);
    return replaced;
  }

  /** Stores the picture, and then names it. @throws ClientError as Clients.setLogo; nothing changes then */
  async function replace(id: string, logo: Logo, next: ClientLogo, condition: LogoCondition): Promise<Replaced> {
    await store.put(next.copy, logo);
    try {
      return await change(id, next, condition);
    } catch (error) {
      await forgetUnlessNamed(id, next).catch(() => null);
      throw error;
    }
  }

  /**
   * After an error the client may name the picture nevertheless, when the store failed in the middle. It is
   * kept then.
   */
  async function forgetUnlessNamed(id: string, logo: ClientLogo): Promise<void> {
    const client = await clients.findAny(id);
    if (client?.logo?.copy !== logo.copy) await forget(logo);
  }

  return {
    /** Returns a picture by its hash, or null. */
    find: async (hash: string): Promise<Logo | null> => (/^[0-9a-f]{64}$/.test(hash) ? store.find(hash) : null),

    /**
     * Replaces the client's logo.
     * @param upload `type` is the media type of the upload
     * @param expected as Clients.update
     * @throws ClientError as readLogo and Clients.update; nothing is changed then
     */
    async set(id: string, { body, type }: Picture, expected: number | null): Promise<Client> {
      const logo = readLogo(body, type);
      const next = { hash: logo.hash, copy: randomSecret(128) };
      return (await replace(id, logo, next, { expected })).client;
    },

    /**
     * Sets the logo that the app itself provides.
     * @param from the `logo_uri` from which the picture was fetched
     * @throws ClientError as readLogo; `client_not_found`, `client_changed` when the client does not want it
     *   any more
     */
    async provide(id: string, from: string, { body, type }: Picture): Promise<Replaced> {
      const logo = readLogo(body, type);
      const next = { hash: logo.hash, copy: randomSecret(128), from };
      return replace(id, logo, next, { expected: null, isWanted: (current) => wantsLogoFrom(current, from) });
    },

    /** Removes the logo. @throws ClientError as Clients.update */
    remove: async (id: string, expected: number | null): Promise<Client> =>
      (await change(id, null, { expected })).client,

    /** Deletes the stored picture of a client that was deleted, or that names it no longer. */
    forget: ({ logo }: Client): Promise<void> => forget(logo),
  };
}

/**
 * Whether the client is to have the picture behind this `logo_uri`: it registered itself, is enabled, names
 * this address, and no administrator has uploaded a picture for it.
 */
export const wantsLogoFrom = (client: Client | null, uri: string): boolean =>
  client?.registration !== undefined &&
  client.disabledAt === null &&
  client.metadata.logo_uri === uri &&
  (!client.logo || client.logo.from !== undefined);
