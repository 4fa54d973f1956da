// All storage ports over one SQLite file, with the two background sweeps. For one server process; commands
// may use the same file beside it.
import type { Clock } from '../../clock.ts';
import { createTicketEvents } from '../memory/ticket-events.ts';
import { defaultRetention } from '../retention.ts';
import type { Store } from '../store.ts';
import { createAccountStore } from './account-store.ts';
import { createAddressKeeping, startAddressSweep } from './address-keeping.ts';
import { createApprovalStore } from './approval-store.ts';
import { createArtifactStore } from './artifact-store.ts';
import { createAskStore } from './ask-store.ts';
import { createAuditStore } from './audit-store.ts';
import { createClientStore } from './client-store.ts';
import { createClientUseStore } from './client-use-store.ts';
import { createConsentStore } from './consent-store.ts';
import { openDatabase } from './database.ts';
import { createBrowserStore, createDeviceStore } from './device-store.ts';
import { startExpirySweep } from './expiry-sweep.ts';
import { createKeyStore } from './key-store.ts';
import { createLimitStore } from './limit-store.ts';
import { createLinkStore } from './link-store.ts';
import { createLogoStore } from './logo-store.ts';
import { createLogoutStore } from './logout-store.ts';
import { createMailStore } from './mail-store.ts';
import { createNoticeStore } from './notice-store.ts';
import { createPasskeyStore } from './passkey-store.ts';
import { createPushKeyStore } from './push-key-store.ts';
import { createRecoveryCodeStore } from './recovery-code-store.ts';
import { createSharedCommit } from './shared-commit.ts';
import { createStatisticsStore } from './statistic-store.ts';
import { createTicketStore } from './ticket-store.ts';

/**
 * Opens or creates the file and brings its schema up to date.
 * @param addressesKeptSeconds retention of network addresses, by default 90 days
 * @throws StoreUnavailableError
 */
export async function openSqliteStore({
  path,
  clock,
  addressesKeptSeconds = defaultRetention.addressesKeptSeconds,
}: {
  path: string;
  clock: Clock;
  addressesKeptSeconds?: number;
}): Promise<Store> {
  const database = openDatabase(path);
  const share = createSharedCommit(database);
  const sweep = startExpirySweep({ database, clock });
  const keeping = { clock, keptSeconds: addressesKeptSeconds };
  const addresses = createAddressKeeping(keeping);
  const addressSweep = startAddressSweep({ ...keeping, database });
  return {
    tickets: createTicketStore(database, clock, share),
    ticketEvents: createTicketEvents(),
    accounts: createAccountStore(database),
    passkeys: createPasskeyStore(database, clock),
    recoveryCodes: createRecoveryCodeStore(database),
    devices: createDeviceStore(database),
    browsers: createBrowserStore(database),
    asks: createAskStore(database, clock),
    pushKeys: createPushKeyStore(database),
    approvals: createApprovalStore(database, clock, addresses),
    consents: createConsentStore(database),
    clients: createClientStore(database),
    clientUses: createClientUseStore(database),
    statistics: createStatisticsStore(database),
    logos: createLogoStore(database),
    audit: createAuditStore(database, clock, addresses),
    limits: createLimitStore(database, share),
    links: createLinkStore(database, clock),
    logouts: createLogoutStore(database, clock),
    mails: createMailStore(database, clock),
    notices: createNoticeStore(database, clock),
    artifacts: createArtifactStore(database, clock),
    keys: createKeyStore(database),
    async ping() {
      database.get('SELECT 1');
    },
    // There is no database server whose clock could differ from ours.
    time: async () => null,
    async close() {
      sweep.stop();
      addressSweep.stop();
      database.close();
    },
  };
}
