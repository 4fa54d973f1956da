// The encryption of push messages against the example of its own standard.
import { describe, expect, it } from 'vitest';
import { encryptFor } from '../../../src/core/push/encrypted.ts';

/** RFC 8291 §5 and appendix A. */
const receiver = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
const ephemeral = {
  privateKey: Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'),
  salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
};
const body =
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';

describe('the body of a push message', () => {
  it('equals the example of RFC 8291', () => {
    const text = 'When I grow up, I want to be a watermelon';
    expect(encryptFor(receiver, text, ephemeral).toString('base64url')).toBe(body);
  });

  it('differs each time, and requires a valid key', () => {
    const two = [1, 2].map(() => encryptFor(receiver, 'twice').toString('base64url'));
    expect(new Set(two).size).toBe(2);
    expect(() => encryptFor({ ...receiver, p256dh: 'B'.repeat(87) }, 'x')).toThrow();
  });
});
