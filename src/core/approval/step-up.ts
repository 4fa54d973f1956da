// An approval with a passkey (security.md B13): the question put to the passkey is bound to the ticket, the decision, the account, the
// device, and to what its owner was shown; the answer to any other question decides nothing.

import { digest } from '../../crypto.ts';
import type { AuthenticationResponseJSON, PasskeyProof, Passkeys } from '../account/passkeys.ts';
import type { Device } from '../device/device.ts';
import type { ReviewContext } from './approval-rules.ts';

/** What the phone hands to its browser's WebAuthn. */
export type PasskeyOptions = NonNullable<Awaited<ReturnType<Passkeys['requestOptions']>>>;

export type StepUp = ReturnType<typeof createStepUp>;

export function createStepUp({ passkeys }: { passkeys: Pick<Passkeys, 'requestOptions' | 'prove'> }) {
  const bindingOf = (context: ReviewContext, device: Device) =>
    ['approve', context.ticket.id, device.accountId, device.id, shownHash(context)] as const;

  return {
    /** The question, when a tap is not enough and a passkey would be; null when nothing is to ask, or the account has none. */
    async ask(context: ReviewContext, device: Device): Promise<PasskeyOptions | null> {
      const { requirements, needsReauthentication } = context;
      if (!requirements.userVerification && !needsReauthentication) return null;
      return passkeys.requestOptions(bindingOf(context, device), device.accountId);
    },

    /** @throws PasskeyError `passkey_invalid`, also when something of what was shown has changed since. */
    verify: (answer: AuthenticationResponseJSON, context: ReviewContext, device: Device): Promise<PasskeyProof> =>
      passkeys.prove(answer, bindingOf(context, device), device.accountId),
  };
}

/** Everything on the review page by which a person decides. */
export function shownHash({ ticket, client, isBrowserKnown, comparison, places, risk }: ReviewContext): string {
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
