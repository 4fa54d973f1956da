// What an approval needs beyond a tap: the client's policy applied to the risk (protocol.md 5). Pure.
import type { QrPolicy } from '../client/client.ts';
import type { AddressComparison } from './address.ts';
import type { Risk } from './risk.ts';

export type Requirements = {
  /** The waiting browser must enter six digits that the phone shows. */
  readonly confirmationCode: boolean;
  /** The approver must use a passkey with user verification. */
  readonly userVerification: boolean;
  /** The code must be scanned in our own page or app. */
  readonly scanner: boolean;
};

/** Combines policy and risk. Risk can only add requirements. */
export function requirementsFor(
  policy: QrPolicy,
  facts: {
    risk: Risk;
    isBrowserKnown: boolean;
    comparison: AddressComparison;
    channel: 'scanner' | 'link' | 'user_code' | 'ask';
    /** What the relying party's acr_values require. `demanded`: they accept nothing less. */
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
  // A tap alone never suffices at high risk, whatever the client's policy says.
  if (risk.level === 'high' || verification === 'demanded') return true;
  if (policy.qr_user_verification === 'auto') return verification === 'asked';
  return policy.qr_user_verification === 'required';
}
