// What we change of the library's clients: an invalid one counts as unknown, and its secrets are digests.
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { ClientKeys } from './client-keys.ts';
import { matchingHash } from './client-metadata.ts';

/**
 * A client whose metadata became invalid counts as unknown, so that it causes no error for others who have
 * it in their session. Published keys of a client follow our own rules (client-keys.ts).
 */
export function adjustClients(provider: Provider, clientKeys: ClientKeys): void {
  const find = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id) => {
    try {
      const client = await find(id);
      if (client) clientKeys.rule(client);
      return client;
    } catch (error) {
      if (error instanceof errors.InvalidClientMetadata) return undefined;
      throw error;
    }
  };
}

/**
 * Replaces the library's comparison of one secret in clear text: ours are digests, and several may be
 * valid during a rotation.
 */
export function compareDigests(provider: Provider, onSecretUsed: (clientId: string, hash: string) => void): void {
  type Compared = { readonly clientId: string; readonly clientSecret?: string };
  provider.Client.prototype.compareClientSecret = function compare(this: Compared, actual: string) {
    const hash = matchingHash(this.clientSecret ?? '', actual);
    if (hash !== null) onSecretUsed(this.clientId, hash);
    return hash !== null;
  };
}
