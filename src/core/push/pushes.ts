// Use-cases of Web Push: subscribe a device, and send a message to an account's devices. The caller writes
// the message. A message that a push service does not accept is not sent again, because its request ends
// within two minutes.
import type { Clock } from '../../clock.ts';
import type { Vault } from '../../crypto.ts';
import type { Device, DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { encryptFor } from './encrypted.ts';
import type { GuardedPost } from './guarded-post.ts';
import { checkEndpoint, PushError, type PushNotice, type PushSubscription } from './push.ts';
import type { PushKeyStore } from './push-key-store.ts';
import { createVapid } from './vapid.ts';

export type PushesDeps = {
  readonly store: PushKeyStore;
  readonly devices: Devices;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly issuer: string;
  readonly post: GuardedPost;
  readonly isInsideAllowed: boolean;
  /**
   * Called when a push service did not accept a message. Only the host is passed, because the endpoint is a
   * secret.
   */
  readonly onFailure: (failure: { host: string; reason: string }) => void;
};

export type Pushes = ReturnType<typeof createPushes>;

/** Time limit of one request, in milliseconds. */
const patienceMs = 2500;
/** Seconds that the push service keeps a message for a phone that is offline. */
const keepSeconds = 120;
/** Only the devices used last get messages. */
const maxDevices = 10;
/** RFC 8030 §7.3, and what services answer in practice. */
const isGone = (status: number): boolean => status === 404 || status === 410;

export function createPushes(deps: PushesDeps) {
  const { devices, vault, post } = deps;
  const vapid = createVapid(deps);
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  const seal = (id: DeviceId, subscription: PushSubscription) => vault.seal(JSON.stringify(subscription), `push ${id}`);
  const open = (id: DeviceId, sealed: string) => JSON.parse(vault.open(sealed, `push ${id}`)) as PushSubscription;

  async function ring({ id, sealedPush }: Device, notice: PushNotice): Promise<void> {
    if (sealedPush === undefined) return;
    const subscription = open(id, sealedPush);
    const { host } = new URL(subscription.endpoint);
    try {
      const status = await send(subscription, notice);
      if (isGone(status)) await devices.setPush(id, null, sealedPush);
      if (status < 200 || status > 299) deps.onFailure({ host, reason: `HTTP ${status}` });
    } catch (error) {
      deps.onFailure({ host, reason: reasonOf(error) });
    }
  }

  async function send(subscription: PushSubscription, notice: PushNotice): Promise<number> {
    // An endpoint that was allowed at subscription may be forbidden by a later configuration.
    const url = checkEndpoint(subscription.endpoint, deps.isInsideAllowed);
    const body = encryptFor(subscription, JSON.stringify(notice));
    const headers = {
      Authorization: await vapid.authorization(url.origin),
      'Content-Type': 'application/octet-stream',
      'Content-Encoding': 'aes128gcm',
      'Content-Length': String(body.length),
      TTL: String(keepSeconds),
      Urgency: 'high',
    };
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(patienceMs)]);
    return post(url, { headers, body, signal });
  }

  async function notify(accountId: string, notice: PushNotice, exceptDevice?: string): Promise<void> {
    const signedIn = await devices.list(accountId);
    const wanting = signedIn.filter(({ id, sealedPush }) => sealedPush !== undefined && id !== exceptDevice);
    const last = wanting.sort((a, b) => b.lastUsedAt - a.lastUsedAt).slice(0, maxDevices);
    await Promise.all(last.map((device) => ring(device, notice)));
  }

  return {
    /** The public key for PushManager. */
    publicKey: vapid.publicKey,

    /**
     * Subscribes the device. Checks also that a message can be encrypted to the subscription.
     * @throws PushError `push_endpoint_invalid`
     */
    async subscribe(device: Device, subscription: PushSubscription): Promise<void> {
      checkEndpoint(subscription.endpoint, deps.isInsideAllowed);
      try {
        encryptFor(subscription, '');
      } catch (cause) {
        throw new PushError('push_endpoint_invalid', 'The keys of this subscription are none.', { cause });
      }
      await devices.setPush(device.id, seal(device.id, subscription));
    },

    /** Removes the device's subscription. */
    unsubscribe: (device: Device): Promise<void> => devices.setPush(device.id, null),

    /**
     * Sends a message to all subscribed devices of the account except `exceptDevice`. Callers need not await
     * it. Failures of push services do not reject it.
     * @throws StoreUnavailableError
     */
    notify(accountId: string, notice: PushNotice, exceptDevice?: string): Promise<void> {
      const work = notify(accountId, notice, exceptDevice).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },

    /** Aborts running requests. */
    async stop(): Promise<void> {
      closing.abort();
      await Promise.allSettled(underWay);
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return 'code' in error ? String(error.code) : error.name;
}
