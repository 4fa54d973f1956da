// Approval with a passkey (security.md B13). The challenge is bound to the ticket, the decision, the account,
// the device and everything that the review showed, so an answer to another challenge decides nothing.

import { digest } from '../../crypto.ts';
import type { AuthenticationResponseJSON, PasskeyProof, Passkeys } from '../account/passkeys.ts';
import type { Device } from '../device/device.ts';
import type { ReviewContext } from './approval-rules.ts';

/** The WebAuthn request options for the phone's browser. */
export type PasskeyOptions = NonNullable<Awaited<ReturnType<Passkeys['requestOptions']>>>;

export function createStepUp({ passkeys }: { passkeys: Pick<Passkeys, 'requestOptions' | 'prove'> }) {
  const bindingOf = (context: ReviewContext, device: Device) =>
    ['approve', context.ticket.id, device.accountId, device.id, shownHash(context)] as const;

  return {
    /**
     * Returns a challenge when a tap is not enough. Null when none is needed or the account has no passkey.
     */
    async ask(context: ReviewContext, device: Device): Promise<PasskeyOptions | null> {
      const { requirements, needsReauthentication } = context;
      if (!requirements.userVerification && !needsReauthentication) return null;
      return passkeys.requestOptions(bindingOf(context, device), device.accountId);
    },

    /**
     * Verifies the answer.
     * @throws PasskeyError as `Passkeys.prove`; `passkey_invalid` also when anything shown in the review has
     *   changed since
     */
    verify: (answer: AuthenticationResponseJSON, context: ReviewContext, device: Device): Promise<PasskeyProof> =>
      passkeys.prove(answer, bindingOf(context, device), device.accountId),
  };
}

/** Digest of everything on the review page by which a person decides. */
function shownHash({ ticket, client, isBrowserKnown, comparison, places, risk }: ReviewContext): string {
  const { request, browser, issuedAt } = ticket;
  return digest(
    JSON.stringify([
      [client.id, client.metadata.client_name ?? '', request.redirectUri],
      request.scopes,
      [browser.browserHash, browser.name, browser.system, browser.address, isBrowserKnown, comparison],
      [places.browser, places.phone],
      [risk.level, ...risk.reasons],
      issuedAt,
    ]),
  );
}
