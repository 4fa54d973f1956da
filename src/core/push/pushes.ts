// Use-cases of Web Push: let a device be rung, and ring an account's devices. What is said is its callers' business. A message that a push
// service does not take is not sent again: what it is about is over in two minutes.
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
  /** A push service did not take a message. `host` alone: the rest of the endpoint works like a key. */
  readonly onFailure: (failure: { host: string; reason: string }) => void;
};

export type Pushes = ReturnType<typeof createPushes>;

const patienceMs = 2500;
/** The push service keeps it so long for a phone that is away. */
const keepSeconds = 120;
/** The last used ones; nobody carries more. */
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
    // Allowed when it was registered, perhaps not any more.
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
    publicKey: vapid.publicKey,

    /** Whether a message can be encrypted to it at all is found out here. @throws PushError `push_endpoint_invalid` */
    async subscribe(device: Device, subscription: PushSubscription): Promise<void> {
      checkEndpoint(subscription.endpoint, deps.isInsideAllowed);
      try {
        encryptFor(subscription, '');
      } catch (cause) {
        throw new PushError('push_endpoint_invalid', 'The keys of this subscription are none.', { cause });
      }
      await devices.setPush(device.id, seal(device.id, subscription));
    },

    unsubscribe: (device: Device): Promise<void> => devices.setPush(device.id, null),

    /**
     * Rings all phones of the account that want to be rung, except `exceptDevice`. Nobody has to wait for it, and it does not reject when a
     * push service fails. @throws StoreUnavailableError
     */
    notify(accountId: string, notice: PushNotice, exceptDevice?: string): Promise<void> {
      const work = notify(accountId, notice, exceptDevice).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },

    /** Breaks off what is under way. */
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
