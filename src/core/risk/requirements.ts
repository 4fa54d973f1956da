// What an approval needs beyond a tap: the client's policy applied to the risk (protocol.md 5). Pure.
import type { QrPolicy } from '../client/client.ts';
import type { AddressComparison } from './address.ts';
import type { Risk } from './risk.ts';

export type Requirements = {
  /** The waiting browser must enter six digits that the phone shows. */
  readonly confirmationCode: boolean;
  /** A passkey with user verification, at approval. */
  readonly userVerification: boolean;
  /** The code must come by the scanner in our own page or app. */
  readonly scanner: boolean;
};

export function requirementsFor(
  policy: QrPolicy,
  facts: {
    risk: Risk;
    isBrowserKnown: boolean;
    comparison: AddressComparison;
    channel: 'scanner' | 'link' | 'user_code' | 'ask';
    /** By the relying party's acr_values; demanded: nothing less would do. */
    verification: 'no' | 'asked' | 'demanded';
  },
): Requirements {
  return {
    confirmationCode: needsConfirmationCode(policy, facts),
    userVerification: needsUserVerification(policy, facts),
    scanner: policy.qr_scanner === 'in_app' && facts.channel !== 'scanner',
  };
}

function needsConfirmationCode(
  policy: QrPolicy,
  { risk, isBrowserKnown, comparison }: { risk: Risk; isBrowserKnown: boolean; comparison: AddressComparison },
): boolean {
  if (policy.qr_confirmation === 'always') return true;
  if (policy.qr_confirmation === 'never') return false;
  if (risk.level !== 'low') return true;
  return !isBrowserKnown && comparison !== 'same_address';
}

function needsUserVerification(
  policy: QrPolicy,
  { risk, verification }: { risk: Risk; verification: 'no' | 'asked' | 'demanded' },
): boolean {
  // High risk is never approved by a tap alone, whatever the client's policy says.
  if (risk.level === 'high' || verification === 'demanded') return true;
  if (policy.qr_user_verification === 'auto') return verification === 'asked';
  return policy.qr_user_verification === 'required';
}
