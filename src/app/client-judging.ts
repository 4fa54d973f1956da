// Lets commands ask oidc-provider whether it would accept a client. The library takes most of a second to
// load, so it is loaded with the first client that has to be judged.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Client } from '../core/client/client.ts';
import { toClient } from '../core/client/client-entry.ts';

/** A client that cannot be used: its path in the configuration, and why. */
type Problem = { readonly path: string; readonly message: string };

/** Returns a function that tells what the library would refuse of a client, or null when it accepts it. */
export function createLazyClientJudge(config: Config): (client: Client) => Promise<string | null> {
  const load = async () => {
    const { createClientJudge } = await import('../oidc/client-judge.ts');
    return createClientJudge(config);
  };
  let loaded: ReturnType<typeof load> | undefined;
  return async (client) => {
    loaded ??= load();
    const judge = await loaded;
    return judge(client);
  };
}

/** Returns every problem that the library finds in the clients of the configuration. Stores nothing. */
export async function problemsOfConfiguredClients(config: Config, clock: Clock): Promise<readonly Problem[]> {
  const { problemsOfClients } = await import('../oidc/client-judge.ts');
  const clients = config.clients.map((entry) => toClient(entry, clock()));
  return problemsOfClients(clients, createLazyClientJudge(config));
}
