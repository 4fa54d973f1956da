// Identifies who sends a phone's request: a device by its cookie, or a native app by a DPoP-bound access
// token (protocol.md 4).
import type { Account } from '../../core/account/account.ts';
import { type Device, DeviceError, isOutlived } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { Context } from './context.ts';
import type { Cookies } from './cookies.ts';
import { type ProofDeps, verifyDeviceProof } from './device-proof.ts';
import { HttpError } from './refusals.ts';
import { describeAgent } from './user-agent.ts';

export type AccessToken = {
  readonly accountId: string;
  readonly scopes: readonly string[];
  readonly audience: string | readonly string[] | null;
  readonly keyThumbprint: string | null;
  /** When the person last proved who they are, in epoch seconds. */
  readonly authenticatedAt: number;
};

export type IdentityDeps = {
  readonly issuer: string;
  readonly devices: Devices;
  readonly cookies: Cookies;
  readonly proofs: ProofDeps;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findAccessToken: (token: string) => Promise<AccessToken | null>;
};

export type SignedInDevice = {
  readonly device: Device;
  readonly account: Account;
  /**
   * Whether an access token identified it, and not a cookie of our pages. A token is good for the phone API
   * only.
   */
  readonly isApp: boolean;
};
export type Identity = ReturnType<typeof createIdentity>;

export function createIdentity(deps: IdentityDeps) {
  const { devices, cookies, findAccount } = deps;
  const phoneAudience = `${deps.issuer}/phone`;

  async function byCookie(ctx: Context): Promise<SignedInDevice | null> {
    const secret = cookies.device(ctx);
    const device = secret ? await devices.findBySecret(secret) : null;
    const account = device && (await findAccount(device.accountId));
    return device && account && !isOutlived(device, account) ? { device, account, isApp: false } : null;
  }

  /**
   * RFC 9449 §7.1: `Authorization: DPoP <token>`. A bearer token is refused, since it works for whoever finds
   * it.
   */
  async function byAccessToken(ctx: Context, value: string, address: string): Promise<SignedInDevice> {
    const [scheme = '', token = ''] = value.split(' ');
    const found = scheme.toLowerCase() === 'dpop' && token ? await deps.findAccessToken(token) : null;
    const audiences = [found?.audience ?? []].flat();
    if (!found?.keyThumbprint || !audiences.includes(phoneAudience) || !found.scopes.includes('approve'))
      throw invalidToken();
    const account = await findAccount(found.accountId);
    if (!account) throw invalidToken();
    // The proof comes before any write: a stolen token must not make a device.
    const proof = await verifyDeviceProof(deps.proofs, ctx.get('DPoP') || undefined, {
      ...requestOf(ctx),
      accessToken: token,
    });
    if (proof.keyThumbprint !== found.keyThumbprint) throw otherKey();
    const name = describeAgent(ctx.get('User-Agent')).system;
    const { keyThumbprint, authenticatedAt } = found;
    const { id: accountId, signOuts = 0 } = account;
    const enrolment = { accountId, keyThumbprint, authenticatedAt, signOuts, name, address };
    const device = await devices.findOrEnrol(enrolment);
    if (isOutlived(device, account)) throw invalidToken();
    return { device, account, isApp: true };
  }

  async function proveCookie(ctx: Context, given = ctx.get('DPoP') || undefined): Promise<SignedInDevice> {
    const signedIn = await byCookie(ctx);
    if (!signedIn) throw notSignedIn();
    const proof = await verifyDeviceProof(deps.proofs, given, requestOf(ctx));
    if (proof.keyThumbprint !== signedIn.device.keyThumbprint) throw otherKey();
    await devices.touch(signedIn.device, ctx.state.address);
    return signedIn;
  }

  const requestOf = (ctx: Context) => ({ method: ctx.method, url: `${deps.issuer}${ctx.path}` });

  return {
    /**
     * The device that this cookie belongs to, without a proof by its key: enough to show pages, never to
     * decide.
     */
    byCookie,

    account: findAccount,

    /**
     * Identifies a device that reads its own state. @throws DeviceError `not_signed_in`, HttpError
     * `token_invalid`
     */
    async read(ctx: Context): Promise<SignedInDevice> {
      const authorization = ctx.get('Authorization');
      if (authorization) return byAccessToken(ctx, authorization, ctx.state.address);
      const signedIn = await byCookie(ctx);
      if (!signedIn) throw notSignedIn();
      return signedIn;
    },

    /**
     * Identifies a device that proves its key for exactly this request. @throws DeviceError, HttpError
     * `token_invalid`
     */
    async prove(ctx: Context): Promise<SignedInDevice> {
      const authorization = ctx.get('Authorization');
      return authorization ? byAccessToken(ctx, authorization, ctx.state.address) : proveCookie(ctx);
    },

    /**
     * As prove, but for browsers only: the scope of a native app is the phone API.
     * @throws DeviceError, HttpError `scope_insufficient`
     */
    async proveBrowser(ctx: Context): Promise<SignedInDevice> {
      if (ctx.get('Authorization')) throw notForApps();
      return proveCookie(ctx);
    },

    /** Records that the device was used, when it opens a page. */
    touch: (ctx: Context, { device }: SignedInDevice): Promise<void> => devices.touch(device, ctx.state.address),

    /** As proveBrowser, with the proof in a field of the form. @throws as proveBrowser */
    async proveForm(ctx: Context, proof: string | undefined): Promise<SignedInDevice> {
      if (ctx.get('Authorization')) throw notForApps();
      return proveCookie(ctx, proof || ctx.get('DPoP') || undefined);
    },
  };
}

const notForApps = () =>
  new HttpError('scope_insufficient', 'An app’s access token covers the phone API, and nothing else.');
const notSignedIn = () => new DeviceError('not_signed_in', 'Sign in on this phone first.');
const invalidToken = () =>
  new HttpError('token_invalid', 'The access token is unknown, expired, not bound to a key, or not for the phone API.');
const otherKey = () => new DeviceError('device_proof_invalid', 'The proof is by another key than this device’s.');
