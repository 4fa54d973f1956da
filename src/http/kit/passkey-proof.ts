// Proves a person by a passkey (WebAuthn Level 3), and records in the audit log when that failed.
import type { AuthenticationResponseJSON, Binding, PasskeyProof, Passkeys } from '../../core/account/passkeys.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { refusalFor } from './refusals.ts';

export type PasskeyProofDeps = { readonly passkeys: Passkeys; readonly audit: Audit };

/** Whom the audit record names, as far as the request says. */
type Who = Parameters<Audit['signInFailed']>[0];

/**
 * @param binding what the question was bound to
 * @throws PasskeyError as `Passkeys.prove`, after it was recorded
 */
export async function proveByPasskey(
  { passkeys, audit }: PasskeyProofDeps,
  answer: AuthenticationResponseJSON,
  binding: Binding,
  who: Who,
): Promise<PasskeyProof> {
  try {
    return await passkeys.prove(answer, binding);
  } catch (error) {
    await audit.signInFailed(who, refusalFor(error).code);
    throw error;
  }
}
