// Asks the library at registration what it would refuse of a client at its first use, which would be too
// late.
import { randomBytes } from 'node:crypto';
import Provider, { type Adapter, errors } from 'oidc-provider';
import { type Clock, systemClock } from '../clock.ts';
import type { Client } from '../core/client/client.ts';
import { signingAlgorithms } from '../core/key/key-schedule.ts';
import { generateSigningKey, openSigningKey } from '../core/key/signing-key.ts';
import { createVault } from '../crypto.ts';
import { toMetadata } from './client-metadata.ts';
import { createOptions } from './options.ts';
import { cliClientId, consoleClientId } from './own-client.ts';

export type ClientJudge = (client: Client) => Promise<string | null>;

/**
 * Judges one client by the library's rules. Fetches its sector identifier (OIDC Core §8.1).
 * @returns what is wrong, as a sentence; null when nothing is
 */
export async function judgeClient(provider: Provider, client: Client, now: number): Promise<string | null> {
  // A code for somebody else would arrive at the provider's own pages.
  const isOwn = client.id === consoleClientId || client.id === cliClientId;
  const own = isOwn
    ? []
    : [client.metadata.redirect_uris, client.metadata.post_logout_redirect_uris].flat().map(String);
  if (own.some((uri) => URL.parse(uri)?.origin === new URL(provider.issuer).origin))
    return 'redirect_uris and post_logout_redirect_uris must not lead to this provider itself';
  try {
    await provider.Client.validate({ ...toMetadata(client, now), client_id: client.id });
    return null;
  } catch (error) {
    if (error instanceof errors.InvalidClientMetadata) return error.error_description ?? error.message;
    throw error;
  }
}

/**
 * Judges the clients of the configuration at start. A client whose sector has to be fetched is judged at
 * its first use instead, so that the start waits for no other server.
 */
export async function problemsOfClients(
  clients: readonly Client[],
  judge: ClientJudge,
): Promise<{ path: string; message: string }[]> {
  const judged = clients.filter(({ metadata }) => metadata.sector_identifier_uri === undefined);
  const found = await Promise.all(
    judged.map(async (client) => ({ path: `clients.${client.id}`, message: await judge(client) })),
  );
  return found.flatMap(({ path, message }) => (message === null ? [] : [{ path, message }]));
}

/**
 * Makes a judge for commands, which run no provider: a provider that serves nobody, with temporary keys of
 * every algorithm.
 */
export async function createClientJudge({
  issuer,
  clock = systemClock,
}: {
  issuer: string;
  clock?: Clock;
}): Promise<ClientJudge> {
  const vault = createVault(randomBytes(32));
  const keys = signingAlgorithms.map((alg) => generateSigningKey({ alg, createdAt: 0, signsFrom: 0 }, vault));
  const jwks = (await Promise.all(keys)).map((key) => openSigningKey(key, vault));
  const nobody = async () => null;
  const noPage = () => '';
  const second = 1;
  const lifetimes = {
    interactionSeconds: second,
    accessTokenSeconds: second,
    idTokenSeconds: second,
    refreshTokenSeconds: second,
    sessionSeconds: second,
  };
  const options = createOptions({
    issuer,
    vault,
    clock,
    jwks,
    lifetimes,
    cookieKeys: ['of a provider that serves nobody'],
    adapter: () => ({}) as Adapter,
    findAccount: nobody,
    findClient: nobody,
    heldConsents: { scopesOf: async () => [], keep: async () => undefined },
    pages: { error: noPage, onward: noPage },
    nonceOf: noPage,
    requestIdOf: noPage,
    isOutboundToPrivateNetworksAllowed: false,
    isRegistrationOpen: false,
    uiLocales: [],
    isPkceRequiredOfAll: false,
  });
  const provider = new Provider(issuer, options);
  return (client) => judgeClient(provider, client, clock());
}
