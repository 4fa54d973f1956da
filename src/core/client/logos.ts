// Use-cases of logos: a picture is checked, stored, and then named by its client, in this order, so that a
// client never names a missing picture. A crash in between leaves an unused small picture behind.
import { randomSecret } from '../../crypto.ts';
import type { Client, ClientLogo } from './client.ts';
import type { Clients } from './clients.ts';
import { type Logo, readLogo } from './logo.ts';
import type { LogoStore } from './logo-store.ts';

export type LogosDeps = { readonly store: LogoStore; readonly clients: Clients };
export type Logos = ReturnType<typeof createLogos>;

export function createLogos({ store, clients }: LogosDeps) {
  const forget = async (logo: ClientLogo | null | undefined): Promise<void> => {
    if (logo) await store.delete(logo.hash, logo.copy);
  };

  async function change(id: string, next: ClientLogo | null, expected: number | null): Promise<Client> {
    const { client, before } = await clients.setLogo(id, next, expected);
    await forget(before);
    return client;
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
    async set(id: string, { body, type }: { body: Buffer; type: string }, expected: number | null): Promise<Client> {
      const logo = readLogo(body, type);
      const next = { hash: logo.hash, copy: randomSecret(128) };
      await store.put(next.copy, logo);
      try {
        return await change(id, next, expected);
      } catch (error) {
        await forgetUnlessNamed(id, next).catch(() => null);
        throw error;
      }
    },

    /** Removes the logo. @throws ClientError as Clients.update */
    remove: (id: string, expected: number | null): Promise<Client> => change(id, null, expected),

    /** Deletes the logo of a client that is being deleted. */
    forget: ({ logo }: Client): Promise<void> => forget(logo),
  };
}
