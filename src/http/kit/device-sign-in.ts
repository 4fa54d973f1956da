// Makes this browser a device of the account that has just proved itself here: by a cookie, and by a key
// where the browser keeps one.
import type { Account } from '../../core/account/account.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { Context } from './context.ts';
import type { Cookies } from './cookies.ts';
import { type ProofDeps, verifyDeviceProof } from './device-proof.ts';
import type { Identity } from './identity.ts';
import { describeAgent } from './user-agent.ts';

export type DeviceSignInDeps = {
  readonly issuer: string;
  readonly devices: Devices;
  readonly identity: Identity;
  readonly cookies: Cookies;
  readonly proofs: ProofDeps;
  readonly audit: Audit;
};

export function createDeviceSignIn({ issuer, devices, identity, cookies, proofs, audit }: DeviceSignInDeps) {
  return {
    /**
     * The thumbprint of the key that a form or request proves to have; null without a proof.
     * A key is proved when it is registered. Otherwise somebody could bind another person's public key to
     * this device.
     * @throws DeviceError `device_proof_invalid`
     */
    async keyOf(ctx: Context, proof: string | undefined): Promise<string | null> {
      if (!proof) return null;
      const { keyThumbprint } = await verifyDeviceProof(proofs, proof, {
        method: ctx.method,
        url: `${issuer}${ctx.path}`,
      });
      return keyThumbprint;
    },

    /**
     * Signs the browser in, sets its cookie and records it. A device of another account on this browser is
     * removed.
     */
    async open(
      ctx: Context,
      account: Account,
      keyThumbprint: string | null,
      method: 'password' | 'passkey' | 'link',
    ): Promise<void> {
      const { address } = ctx.state;
      const agent = describeAgent(ctx.get('User-Agent'));
      const previous = (await identity.byCookie(ctx))?.device ?? null;
      const name = `${agent.name} · ${agent.system}`;
      const facts = {
        accountId: account.id,
        signOuts: account.signOuts,
        name,
        address,
        keyThumbprint,
        isByPasskey: method === 'passkey',
        previous,
      };
      const { device, secret, isNew } = await devices.signIn(facts);
      cookies.setDevice(ctx, secret);
      const who = { accountId: account.id, deviceId: device.id, address };
      if (isNew) await audit.deviceCreated(who, device.name);
      await audit.signInSucceeded(who, method);
    },
  };
}
