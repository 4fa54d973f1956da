// The time in a proof by the device key (RFC 9449 §11.1): how early and how late it may be, what a refusal
// because of the clock says, and how long a proof is known that was used.
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyDeviceProof } from '../../../src/http/kit/device-proof.ts';

const start = 1_800_000_000;
const request = { method: 'POST', url: 'https://id.example/phone/v1/scan' };
let privateKey: CryptoKey;
let jwk: JWK;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
});

const proofAt = (iat: unknown, change: object = {}): Promise<string> =>
  new SignJWT({ htm: 'POST', htu: request.url, jti: crypto.randomUUID(), iat, ...change } as never)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .sign(privateKey);

/** A server with a clock to set, and with a memory of ids that forgets at `expiresAt`, as the stores do. */
function startServer() {
  const time = { now: start };
  const known = new Map<string, number>();
  const deps = {
    clock: () => time.now,
    isReplay: async (key: string, jti: string, expiresAt: number) => {
      const id = `${key} ${jti}`;
      if ((known.get(id) ?? 0) > time.now) return true;
      known.set(id, expiresAt);
      return false;
    },
  };
  const verify = (proof: string) =>
    verifyDeviceProof(deps, proof, request).then(
      () => 'accepted',
      (error: { code: string; facts: { serverTime?: number } }) => [error.code, error.facts.serverTime],
    );
  return { time, known, verify };
}

describe('the time of a proof', () => {
  it('may be early or late by the same tolerance', async () => {
    const { verify } = startServer();
    for (const off of [-60, -1, 0, 1, 60])
      expect([off, await verify(await proofAt(start + off))]).toEqual([off, 'accepted']);
    for (const off of [-3600, -61, 61, 3600])
      expect([off, await verify(await proofAt(start + off))]).toEqual([off, ['device_clock_wrong', start]]);
  });

  it('is judged last, so that only a proof that is good otherwise learns the server’s time', async () => {
    const { verify } = startServer();
    const late = start - 3600;
    for (const change of [{ htm: 'GET' }, { htu: 'https://id.example/other' }, { jti: 'x' }])
      expect(await verify(await proofAt(late, change))).toEqual(['device_proof_invalid', undefined]);
    for (const iat of [undefined, 'now'])
      expect(await verify(await proofAt(iat))).toEqual(['device_proof_invalid', undefined]);
  });

  it('does not use up the id of a proof that was refused because of it', async () => {
    const { known, verify } = startServer();
    await verify(await proofAt(start - 3600));
    expect(known.size).toBe(0);
  });

  it('lets no proof be used twice while it could be accepted', async () => {
    for (const off of [-60, 0, 60]) {
      const { time, verify } = startServer();
      const proof = await proofAt(start + off);
      expect(await verify(proof)).toBe('accepted');
      for (time.now = start; time.now <= start + 125; time.now++) {
        const isOver = time.now > start + off + 60;
        expect(await verify(proof)).toEqual(
          isOver ? ['device_clock_wrong', time.now] : ['device_proof_invalid', undefined],
        );
      }
    }
  });
});
