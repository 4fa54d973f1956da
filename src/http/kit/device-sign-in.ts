// A person proved themselves on this browser: from here on it is a device of theirs, by its cookie and, where it keeps one, its key.
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
     * The key that a form or request proves to hold, or null. Its owner proves to hold it while registering it, or a stranger's public key could be
     * bound to this person's device. @throws DeviceError `device_proof_invalid`
     */
    async keyOf(ctx: Context, proof: string | undefined): Promise<string | null> {
      if (!proof) return null;
      const { keyThumbprint } = await verifyDeviceProof(proofs, proof, {
        method: ctx.method,
        url: `${issuer}${ctx.path}`,
      });
      return keyThumbprint;
    },

    /** Another account's device on this browser is removed. */
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
