// The use-cases of commands at a provider elsewhere: the same as beside the store, over its
// administration API.
import type { Clock } from '../../clock.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { remoteAccounts, remoteDevices, remoteEndings, remoteLinks, remoteSwitch } from './accounts.ts';
import { createAdminApi } from './admin-api.ts';
import { remoteClients, remoteLogos } from './clients.ts';
import { openSession } from './session.ts';
import { sessionFile } from './session-file.ts';
import { remoteKeys, remoteTrail } from './system.ts';

export type RemoteDeps = {
  readonly issuer: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
};

/** The provider that does something records it in its own audit trail. */
const recordedThere = async (): Promise<void> => undefined;

const audit: Pick<Audit, 'accountChanged' | 'deviceRemoved' | 'asked'> = {
  accountChanged: recordedThere,
  deviceRemoved: recordedThere,
  asked: recordedThere,
};

/**
 * Every call throws what the administration API refuses, under its own code.
 * @throws RemoteError `not_signed_in`, `session_ended`, and what reading the session's file throws
 */
export async function openRemoteDesks({ issuer, env, clock }: RemoteDeps) {
  const session = await openSession({ issuer, file: sessionFile(issuer, env), clock });
  const api = createAdminApi(issuer, session);
  return {
    clients: remoteClients(api, clock),
    logos: remoteLogos(api),
    record: recordedThere,
    accounts: remoteAccounts(api),
    accountChanges: remoteSwitch(api),
    endingsByAdministrator: remoteEndings(api),
    devices: remoteDevices(api),
    links: remoteLinks(api),
    keys: remoteKeys(api),
    trail: remoteTrail(api),
    audit,
  };
}
