// All storage ports over Redis 7 or Valkey, shared by any number of nodes. Every atomic step touches one
// key, so that the store works on a Redis Cluster.
import type { Clock } from '../../clock.ts';
import { defaultRetention } from '../retention.ts';
import type { Store } from '../store.ts';
import { createAccountStore } from './account-store.ts';
import { createAddressSeals } from './address-seals.ts';
import { createApprovalStore } from './approval-store.ts';
import { createArtifactStore } from './artifact-store.ts';
import { createAskStore } from './ask-store.ts';
import { createAuditStore } from './audit-store.ts';
import { createBrowserStore } from './browser-store.ts';
import { createClientStore } from './client-store.ts';
import { createClientUseStore } from './client-use-store.ts';
import { openConnection } from './connection.ts';
import { createConsentStore } from './consent-store.ts';
import { createDeviceStore } from './device-store.ts';
import { createKeyStore } from './key-store.ts';
import { createKeys } from './keys.ts';
import { createLimitStore } from './limit-store.ts';
import { createLinkStore } from './link-store.ts';
import { createLogoStore } from './logo-store.ts';
import { createLogoutStore } from './logout-store.ts';
import { createMailStore } from './mail-store.ts';
import { createNoticeStore } from './notice-store.ts';
import { createPasskeyStore } from './passkey-store.ts';
import { createPushKeyStore } from './push-key-store.ts';
import { createRecoveryCodeStore } from './recovery-code-store.ts';
import { startRefusalSweep } from './refusal-sweep.ts';
import { createStatisticsStore } from './statistic-store.ts';
import { openTicketEvents } from './ticket-events.ts';
import { createTicketStore } from './ticket-store.ts';

/**
 * Connects and subscribes to the events of tickets. If the server goes away later, commands fail fast until
 * it is back.
 * @param addressesKeptSeconds retention of network addresses, by default 90 days
 * @throws StoreUnavailableError when the server does not answer now
 */
export async function openRedisStore({
  url,
  keyPrefix,
  clock,
  addressesKeptSeconds = defaultRetention.addressesKeptSeconds,
}: {
  url: string;
  keyPrefix: string;
  clock: Clock;
  addressesKeptSeconds?: number;
}): Promise<Store> {
  const connection = await openConnection(url);
  const keys = createKeys(keyPrefix);
  const seals = createAddressSeals({ connection, keys, clock, keptSeconds: addressesKeptSeconds });
  const deps = { connection, keys, clock, seals };
  const sweep = startRefusalSweep(deps);
  const close = async (): Promise<void> => {
    sweep.stop();
    await connection.close();
  };
  try {
    return {
      tickets: createTicketStore(deps),
      ticketEvents: await openTicketEvents(deps),
      accounts: createAccountStore(deps),
      passkeys: createPasskeyStore(deps),
      recoveryCodes: createRecoveryCodeStore(deps),
      devices: createDeviceStore(deps),
      browsers: createBrowserStore(deps),
      asks: createAskStore(deps),
      pushKeys: createPushKeyStore(deps),
      approvals: createApprovalStore(deps),
      consents: createConsentStore(deps),
      clients: createClientStore(deps),
      clientUses: createClientUseStore(deps),
      statistics: createStatisticsStore(deps),
      logos: createLogoStore(deps),
      audit: createAuditStore(deps),
      limits: createLimitStore(deps),
      links: createLinkStore(deps),
      logouts: createLogoutStore(deps),
      mails: createMailStore(deps),
      notices: createNoticeStore(deps),
      artifacts: createArtifactStore(deps),
      keys: createKeyStore(deps),
      async ping() {
        await connection.run((redis) => redis.ping());
      },
      time: async () => Number((await connection.run((redis) => redis.time()))[0]),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
