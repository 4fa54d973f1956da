// How phones are reached, plugged together: push messages, the requests of browsers that ask for the phone, and notices, which ring as well.
import type { Accounts } from '../account/accounts.ts';
import { createAsks } from '../ask/asks.ts';
import type { Audit } from '../audit/audit.ts';
import type { Clients } from '../client/clients.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../crypto.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Devices } from '../device/devices.ts';
import type { Limits } from '../limit/limit.ts';
import type { Log } from '../log.ts';
import type { Notices } from '../notice/notices.ts';
import { createGuardedPost } from '../push/guarded-post.ts';
import { createPushes } from '../push/pushes.ts';
import type { Store } from '../store/store.ts';
import type { Tickets } from '../ticket/tickets.ts';
import { createRing, ringNotices } from './ring.ts';

export type PhonesDeps = {
  readonly config: Config;
  readonly store: Store;
  readonly tickets: Tickets;
  readonly browsers: Browsers;
  readonly devices: Devices;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly notices: Notices;
  readonly limits: Limits;
  readonly audit: Audit;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
};

export function openPhones({ config, store, accounts, clients, notices, log, ...deps }: PhonesDeps) {
  const { issuer } = config;
  const isInsideAllowed = config.http.outbound_private_networks;
  const findAccount = accounts.findActive;
  const pushes = createPushes({
    ...deps,
    store: store.pushKeys,
    issuer,
    post: createGuardedPost({ isInsideAllowed }),
    isInsideAllowed,
    onFailure: (failure) => log.warn(failure, 'a push service did not take a message'),
  });
  const ringDeps = { issuer, pushes, findAccount, log };
  ringNotices(notices, ringDeps);
  const asks = createAsks({
    ...deps,
    store: store.asks,
    perHour: config.limits.asks_per_account_per_hour,
    findAccount,
    findClient: clients.find,
    ring: createRing(ringDeps),
  });
  return { pushes, asks };
}
