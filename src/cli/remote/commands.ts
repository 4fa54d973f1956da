// The commands that work at a provider elsewhere: the same ones as beside it, over its administration API instead of its store.
import type { Clock } from '../../clock.ts';
import { accountDeskCommands, signOut } from '../accounts.ts';
import { showAudit } from '../audit.ts';
import { clientCommands } from '../clients.ts';
import { deviceCommands } from '../devices.ts';
import { listKeys, rotateKeys } from '../keys.ts';
import { linkDeskCommands } from '../links.ts';
import type { Values } from '../usage.ts';
import { remoteAccounts, remoteDevices, remoteEndings, remoteLinks } from './accounts.ts';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import { remoteClients, remoteLogos } from './clients.ts';
import { RemoteError } from './remote-error.ts';
import { openSession } from './session.ts';
import { sessionFile } from './session-file.ts';
import { remoteKeys, remoteTrail } from './system.ts';

export type RemoteDeps = {
  readonly issuer: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
};
type Desks = ReturnType<typeof desksOf>;
/** @returns what is printed */
type Command = (desks: Desks, values: Values) => Promise<string>;

/** Who did what is recorded by the provider that does it. */
const recordedThere = async (): Promise<void> => undefined;

function desksOf(api: AdminApi, { clock, write }: Pick<RemoteDeps, 'clock' | 'write'>) {
  return {
    write,
    clients: remoteClients(api, clock),
    logos: remoteLogos(api),
    record: recordedThere,
    accounts: remoteAccounts(api),
    endingsByAdministrator: remoteEndings(api),
    devices: remoteDevices(api),
    links: remoteLinks(api),
    keys: remoteKeys(api),
    trail: remoteTrail(api),
    audit: { accountChanged: recordedThere, deviceRemoved: recordedThere, asked: recordedThere },
  };
}

const remoteCommands: Readonly<Record<string, Command>> = {
  ...clientCommands,
  ...accountDeskCommands,
  'account sign-out': signOut,
  ...linkDeskCommands,
  ...deviceCommands,
  'key list': listKeys,
  'key rotate': rotateKeys,
  async audit({ accounts, trail, write }, values) {
    await showAudit({ accounts, audit: trail, write }, values);
    return '';
  },
};

/** @returns what is printed. @throws RemoteError `remote_unsupported` for what only the provider's own machine can do; whatever its API refuses */
export async function runRemotely(name: string, values: Values, deps: RemoteDeps): Promise<string> {
  const { issuer, env, clock } = deps;
  const command = remoteCommands[name];
  if (!command) {
    const sentence = `“${name}” works on the provider’s own machine only, without --issuer or TESSERA_REMOTE.`;
    throw new RemoteError('remote_unsupported', sentence);
  }
  const session = await openSession({ issuer, file: sessionFile(issuer, env), clock });
  return command(desksOf(createAdminApi(issuer, session), deps), values);
}
