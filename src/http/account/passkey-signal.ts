// What a page tells the browser about the passkeys of its account (browser/passkey-signals.ts), as JSON.
import type { Account } from '../../core/account/account.ts';
import type { Passkey } from '../../core/account/passkey.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';

/**
 * @param present all passkeys of the account: the browser removes others. Null: only the names count
 * @returns null where this issuer can have no passkeys
 */
export const passkeySignal = (
  { isPossible, rpId }: Pick<Passkeys, 'isPossible' | 'rpId'>,
  { id, username, displayName }: Account,
  present: readonly Passkey[] | null,
): string | null =>
  isPossible
    ? JSON.stringify({
        rpId,
        // As in the options that created them (core/account/passkeys.ts).
        userId: Buffer.from(id).toString('base64url'),
        name: username,
        displayName,
        allAcceptedCredentialIds: present?.map((passkey) => passkey.id) ?? null,
      }).replaceAll('<', '\\u003c')
    : null;
