// Which ways to sign in a request leaves open: by its acr_values, by the client's policy, and by what this
// provider supports. Pure.
import { ApprovalError } from '../../core/approval/approval.ts';
import { type SignInWay, waysFor } from '../../oidc/acr.ts';
import type { Interaction } from '../../oidc/interaction.ts';
import { HttpError } from './refusals.ts';

/** @param isPasskeyPossible whether passkeys work under this issuer at all */
export function openWays(interaction: Interaction, isPasskeyPossible: boolean): ReadonlySet<SignInWay> {
  const open = waysFor(interaction.requestedAcr).filter((way) => isAllowed(way, interaction));
  return new Set(open.filter((way) => way !== 'passkey' || isPasskeyPossible));
}

/**
 * @throws HttpError `acr_unmet` when this way reaches none of the requested classes (security.md A14);
 * HttpError `other_sign_in_off` or ApprovalError `qr_sign_in_off` when the client's policy closes it
 */
export function assertOpen(way: SignInWay, interaction: Interaction): void {
  if (!waysFor(interaction.requestedAcr).includes(way))
    throw new HttpError('acr_unmet', 'None of the acr_values that this site asked for can be reached in this way.');
  if (isAllowed(way, interaction)) return;
  if (interaction.client.qr.sign_in === 'passkey')
    throw new HttpError('other_sign_in_off', 'This site only takes a passkey.');
  throw way === 'qr'
    ? new ApprovalError('qr_sign_in_off', 'This site does not sign in by QR code.')
    : new HttpError('other_sign_in_off', 'This site only signs in by QR code.');
}

/** Whether the client's policy allows this way; `assertOpen` explains a refusal. */
function isAllowed(way: SignInWay, { client, enrolsDevice, requestedAcr }: Interaction): boolean {
  const { sign_in, qr_sign_in, other_sign_in } = client.qr;
  if (sign_in === 'passkey') return way === 'passkey';
  // No device is enrolled by a QR code: a relayed picture would enrol the attacker's device.
  if (way === 'qr') return qr_sign_in === 'on' && !enrolsDevice;
  // The relying party itself requires a passkey, so its policy cannot mean to forbid it.
  if (way === 'passkey' && waysFor(requestedAcr).every((each) => each === 'passkey')) return true;
  return other_sign_in === 'allowed';
}
