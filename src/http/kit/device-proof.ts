// Verifies DPoP proofs by a device's key (RFC 9449 §4.3). Every decision is signed by a key that never leaves
// the phone, so a copied cookie or token decides nothing (security.md C1, C2).
// The URL names the ticket and the decision, so a proof fits only one of them.
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import type { Clock } from '../../clock.ts';
import { DeviceError } from '../../core/device/device.ts';
import { digest } from '../../crypto.ts';

/** How early or late a proof may be (RFC 9449 §11.1). The clocks of phones and computers differ by more. */
const proofToleranceSeconds = 60;
/** A proof from the future is accepted until both have passed. Its id is known one second longer. */
const replayMemorySeconds = 2 * proofToleranceSeconds + 1;
const maxProofLength = 4096;

export type DeviceProof = { readonly keyThumbprint: string };

export type ProofDeps = {
  readonly clock: Clock;
  /**
   * Records the id of a proof, atomically. @returns true when it was recorded before
   * @param expiresAt epoch seconds
   */
  readonly isReplay: (keyThumbprint: string, jti: string, expiresAt: number) => Promise<boolean>;
};

/**
 * Checks the proof of one request.
 * `url` has no query and no fragment (RFC 9449 §4.3 item 9). With an `accessToken` the proof must name it
 * (`ath`).
 * @throws DeviceError `device_proof_required` when the proof is absent, `device_proof_invalid` when it is
 *   wrong, `device_clock_wrong` with `serverTime` when nothing is wrong but its time; its id stays unused
 */
export async function verifyDeviceProof(
  { clock, isReplay }: ProofDeps,
  proof: string | undefined,
  request: { method: string; url: string; accessToken?: string | null },
): Promise<DeviceProof> {
  if (!proof) throw new DeviceError('device_proof_required', 'This needs a DPoP proof by the device key.');
  const { payload, keyThumbprint } = await verifySignature(proof);
  const now = clock();
  const { htm, htu, iat, jti, ath } = payload;
  if (htm !== request.method || htu !== request.url) throw invalid('The proof is for another request.');
  if (typeof iat !== 'number') throw invalid('The proof has no iat.');
  if (typeof jti !== 'string' || jti.length < 8 || jti.length > 256) throw invalid('The proof has no usable jti.');
  if (request.accessToken && ath !== digest(request.accessToken))
    throw invalid('The proof is for another access token.');
  if (Math.abs(now - iat) > proofToleranceSeconds) throw clockWrong(now);
  if (await isReplay(keyThumbprint, jti, now + replayMemorySeconds)) throw invalid('The proof was used before.');
  return { keyThumbprint };
}

async function verifySignature(proof: string) {
  try {
    if (proof.length > maxProofLength) throw new Error('too long');
    const { jwk } = decodeProtectedHeader(proof);
    if (!jwk || isPrivate(jwk)) throw new Error('the header needs a public jwk');
    const { payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return { payload, keyThumbprint: await calculateJwkThumbprint(jwk) };
  } catch (cause) {
    throw new DeviceError('device_proof_invalid', 'The DPoP proof is malformed or wrongly signed.', { cause });
  }
}

const isPrivate = (jwk: JWK): boolean => 'd' in jwk || 'k' in jwk;
const clockWrong = (now: number) =>
  new DeviceError(
    'device_clock_wrong',
    'The proof is too early or too late. Sign another one with the server’s time.',
    {
      facts: { serverTime: now },
    },
  );
const invalid = (message: string) => new DeviceError('device_proof_invalid', message);
