// Whether the person at an account's pages has just proved who they are, by a password or a passkey
// (security.md D7).
// An account with a role and a passkey has to use the passkey (security.md E1). Otherwise a stolen password
// would lead to another passkey, and so into the console.
import type { Clock } from '../../clock.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { SignedInDevice } from '../kit/identity.ts';

/** How long a proof lasts for changing what signs the owner in. */
const freshSeconds = 300;

export type Freshness = {
  /** Whether a change would be accepted now. */
  readonly isFresh: boolean;
  /** Whether only a passkey counts as a proof for this account. */
  readonly needsPasskey: boolean;
};

export type FreshnessOf = (signedIn: SignedInDevice) => Promise<Freshness>;

/** Reads the account's passkeys for accounts with a role only. */
export function createFreshness({ passkeys, clock }: { passkeys: Pick<Passkeys, 'list'>; clock: Clock }): FreshnessOf {
  return async ({ account, device }) => {
    const needsPasskey = account.roles.length > 0 && (await passkeys.list(account.id)).length > 0;
    const isRecent = clock() - device.authenticatedAt < freshSeconds;
    return { isFresh: isRecent && (!needsPasskey || device.isByPasskey === true), needsPasskey };
  };
}
