// Which ways to sign in a request leaves open: its acr_values, the client's policy, and what this provider can do. Pure.
import { ApprovalError } from '../../core/approval/approval.ts';
import { type SignInWay, waysFor } from '../../oidc/acr.ts';
import type { Interaction } from '../../oidc/interaction.ts';
import { HttpError } from '../kit/refusals.ts';

/** @param isPasskeyPossible under this issuer at all */
export function openWays(interaction: Interaction, isPasskeyPossible: boolean): ReadonlySet<SignInWay> {
  const open = waysFor(interaction.requestedAcr).filter((way) => isAllowed(way, interaction));
  return new Set(open.filter((way) => way !== 'passkey' || isPasskeyPossible));
}

/** @throws HttpError `acr_unmet` where this way is not what was asked for (A14); else by the client's policy. */
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

function isAllowed(way: SignInWay, { client, enrolsDevice, requestedAcr }: Interaction): boolean {
  const { sign_in, qr_sign_in, other_sign_in } = client.qr;
  if (sign_in === 'passkey') return way === 'passkey';
  // Never for enrolling a device: a relayed picture would enrol the attacker's.
  if (way === 'qr') return qr_sign_in === 'on' && !enrolsDevice;
  // What the relying party itself demands, its policy cannot mean to forbid.
  if (way === 'passkey' && waysFor(requestedAcr).every((each) => each === 'passkey')) return true;
  return other_sign_in === 'allowed';
}
