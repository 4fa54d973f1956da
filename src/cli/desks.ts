// Opens what a command works on: the store of this machine (parts.ts), or a provider elsewhere
// (remote/desks.ts) when the context has an issuer. Everything is closed after the command. What takes
// long to load is loaded by the commands that need it.
import type { Store } from '../app/basics.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { type ClientDesks, recordChange } from './clients.ts';
import type { Context } from './command.ts';
import type { ApplyDeps } from './config.ts';
import * as parts from './parts.ts';

type ConfigValues = parts.ConfigValues;
type RemoteDesks = Awaited<ReturnType<typeof import('./remote/desks.ts').openRemoteDesks>>;
type Where = Pick<Context, 'issuer' | 'env' | 'clock'>;

/** Null: the command works on the store of this machine. */
async function remoteDesks({ issuer, env, clock }: Where): Promise<RemoteDesks | null> {
  if (issuer === null) return null;
  const { openRemoteDesks } = await import('./remote/desks.ts');
  return openRemoteDesks({ issuer, env, clock });
}

/** For `client …`. */
export async function withClients<Result>(
  values: ConfigValues,
  where: Where,
  work: (desks: ClientDesks) => Promise<Result>,
): Promise<Result> {
  const remote = await remoteDesks(where);
  if (remote) return work(remote);
  return parts.withClients(values, ({ clients, logos, audit }) =>
    work({ clients, logos, record: recordChange(audit) }),
  );
}

/** For commands about accounts, devices and links. */
export async function withPeople<Result>(
  values: ConfigValues,
  where: Where,
  work: (desks: Pick<RemoteDesks, 'accounts' | 'devices' | 'links' | 'audit'>) => Promise<Result>,
): Promise<Result> {
  const remote = await remoteDesks(where);
  return remote ? work(remote) : parts.withUseCases(values, work);
}

/**
 * For commands that end sign-ins. Beside the store they open a whole provider that does not listen.
 */
export async function withEndings<Result>(
  values: ConfigValues,
  where: Where,
  work: (desks: Pick<RemoteDesks, 'accounts' | 'accountChanges' | 'endingsByAdministrator'>) => Promise<Result>,
): Promise<Result> {
  const remote = await remoteDesks(where);
  return remote ? work(remote) : parts.withApp(values, work);
}

/** For `key list` and `key rotate`. */
export async function withKeys<Result>(
  values: ConfigValues,
  where: Where,
  work: (desks: Pick<RemoteDesks, 'keys'> & { readonly audit: Pick<RemoteDesks['audit'], 'asked'> }) => Promise<Result>,
): Promise<Result> {
  const remote = await remoteDesks(where);
  return remote ? work(remote) : parts.withKeys(values, work);
}

/** For `audit`. */
export async function withTrail<Result>(
  values: ConfigValues,
  where: Where,
  work: (desks: Pick<RemoteDesks, 'accounts'> & { readonly audit: RemoteDesks['trail'] }) => Promise<Result>,
): Promise<Result> {
  const remote = await remoteDesks(where);
  if (remote) return work({ accounts: remote.accounts, audit: remote.trail });
  return parts.withUseCases(values, work);
}

/** For `config apply`. */
export const withConfiguredClients = <Result>(
  values: ConfigValues,
  work: (deps: ApplyDeps) => Promise<Result>,
): Promise<Result> =>
  parts.withStore(values, (store, config) => {
    const { audit } = parts.basicsOf(store, config);
    return work({ clients: store.clients, config, clock: systemClock, audit });
  });

/** For `status`. */
export const withStatistics = <Result>(
  values: ConfigValues,
  work: (deps: { readonly store: Store; readonly config: Config }) => Promise<Result>,
): Promise<Result> => parts.withStore(values, (store, config) => work({ store, config }));
