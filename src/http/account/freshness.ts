// Whether whoever is at an account's pages has just proved who they are (security.md D7): by passkey or password. Who administers and has a
// passkey is held to it (E1): a password alone, however it was come by, must not lead to another passkey, and by that into the console.

import type { Clock } from '../../clock.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { SignedInDevice } from '../kit/identity.ts';

/** How long a proof of the person lasts for changing what signs them in. */
const freshSeconds = 300;

export type Freshness = {
  readonly isFresh: boolean;
  /** Only a passkey is a proof for this account. */
  readonly needsPasskey: boolean;
};

export type FreshnessOf = (signedIn: SignedInDevice) => Promise<Freshness>;

export function createFreshness({ passkeys, clock }: { passkeys: Pick<Passkeys, 'list'>; clock: Clock }): FreshnessOf {
  return async ({ account, device }) => {
    const needsPasskey = account.roles.length > 0 && (await passkeys.list(account.id)).length > 0;
    const isRecent = clock() - device.authenticatedAt < freshSeconds;
    return { isFresh: isRecent && (!needsPasskey || device.isByPasskey === true), needsPasskey };
  };
}
