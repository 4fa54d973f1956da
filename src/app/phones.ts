// Wires how phones are reached: push messages, "ask my phone", and notices, which are pushed too.

import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Accounts } from '../core/account/accounts.ts';
import { createAsks } from '../core/ask/asks.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Browsers } from '../core/device/browsers.ts';
import type { Devices } from '../core/device/devices.ts';
import type { Limits } from '../core/limit/limit.ts';
import type { Notices } from '../core/notice/notices.ts';
import { createPushes } from '../core/push/pushes.ts';
import type { Tickets } from '../core/ticket/tickets.ts';
import type { Vault } from '../crypto.ts';
import { createRing, ringNotices } from '../i18n/ringing.ts';
import type { Log } from '../log.ts';
import { createAddressGuard } from '../outbound/address-guard.ts';
import { createGuardedPost } from '../outbound/guarded-post.ts';
import type { Store } from '../store/store.ts';

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

/** Makes the use-cases of push messages and of "ask my phone", and lets notices ring. */
export function openPhones({ config, store, accounts, clients, notices, log, ...deps }: PhonesDeps) {
  const { issuer } = config;
  const isInsideAllowed = config.http.outbound_private_networks;
  // A disabled account is not found, so its phones never ring.
  const findAccount = accounts.findActive;
  const pushes = createPushes({
    ...deps,
    store: store.pushKeys,
    issuer,
    post: createGuardedPost({ guard: createAddressGuard({ isInsideAllowed }) }),
    isInsideAllowed,
    onFailure: (failure) => log.warn(failure, 'a push service rejected a message'),
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
