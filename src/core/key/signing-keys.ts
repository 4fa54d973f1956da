// Use-cases of the signing keys: every node maintains them as time passes, and an operator can rotate them.
// Nodes and commands may run concurrently: each change is planned on the set that was read and stored only if
// the set is still the same.
import type { JWK } from 'jose';
import type { Clock } from '../../clock.ts';
import type { Vault } from '../../crypto.ts';
import type { Audit } from '../audit/audit.ts';
import {
  createSchedule,
  type KeyState,
  planKeys,
  type Rotation,
  type ScheduledKey,
  scheduleOf,
} from './key-schedule.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { generateSigningKey, openSigningKey } from './signing-key.ts';

export type SigningKeys = ReturnType<typeof createSigningKeys>;

export type SigningKeysDeps = {
  readonly store: KeyStore;
  readonly vault: Vault;
  readonly audit: Pick<Audit, 'keyRotated' | 'keyRemoved'>;
  readonly clock: Clock;
  readonly rotationDays: number;
  readonly idTokenSeconds: number;
  readonly sessionSeconds: number;
};

/** Private JWKs of one instant. */
export type OpenedKeys = {
  /** The first key of each algorithm signs, because oidc-provider takes the first. */
  readonly published: readonly JWK[];
  /** Keys that left JWKS. They never sign and only verify older ID tokens. */
  readonly retired: readonly JWK[];
};

/** All keys that verify are published; those that sign come first. */
const published = ['current', 'next', 'previous'] as const;

export function createSigningKeys({ store, vault, audit, clock, ...settings }: SigningKeysDeps) {
  const schedule = createSchedule(settings);

  async function change(rotation: Rotation): Promise<StoredKey[]> {
    const first = await store.list();
    for (let present = first; ; present = await store.list()) {
      // Another node has replaced all keys meanwhile, which is what was requested.
      if (rotation === 'at once' && first.length > 0 && !shareKey(first, present)) return present;
      // Fails when this process has another encryption key than the nodes. Otherwise it would store keys that
      // they cannot open.
      for (const key of present) openSigningKey(key, vault);
      const plan = planKeys(present, clock(), schedule, rotation);
      if (!plan.isChange) return present;
      const fresh = await Promise.all(plan.fresh.map((wanted) => generateSigningKey(wanted, vault)));
      const next = [...plan.kept, ...fresh];
      if (!(await store.replace(present, next))) continue;
      await record(present, next, rotation);
      return next;
    }
  }

  async function record(before: readonly StoredKey[], after: readonly StoredKey[], rotation: Rotation): Promise<void> {
    // The first keys of a new store are not a rotation.
    if (before.length === 0) return;
    // `planKeys` makes a new object for a key that signs earlier, so `includes` finds it like a new key.
    for (const key of after.filter((each) => !before.includes(each)))
      await audit.keyRotated({ kid: key.kid, alg: key.alg, signsFrom: key.signsFrom ?? key.createdAt, rotation });
    for (const { kid, alg } of before.filter((key) => !after.some((each) => each.kid === key.kid)))
      await audit.keyRemoved({ kid, alg, rotation });
  }

  return {
    /** The lengths of all stages, in seconds. */
    schedule,

    /** Returns every stored key with its present state. */
    async list(): Promise<ScheduledKey<StoredKey>[]> {
      return scheduleOf(await store.list(), clock(), schedule);
    },

    /**
     * Makes first keys, announces successors and deletes keys that no valid ID token needs, as time requires.
     * All nodes may call it concurrently.
     * @returns the stored set
     */
    maintain: () => change('due'),

    /**
     * Publishes a successor of each key, which signs as soon as relying parties can know it. A successor that
     * is already announced signs earlier. With `immediately` (a key has leaked) new keys sign at once and all
     * others are deleted.
     * @throws AppError `encryption_key_wrong`
     */
    async rotate({ immediately = false } = {}): Promise<ScheduledKey<StoredKey>[]> {
      return scheduleOf(await change(immediately ? 'at once' : 'soon'), clock(), schedule);
    },

    /** Opens the keys as they are at this moment. @throws AppError `encryption_key_wrong` */
    open(keys: readonly StoredKey[]): OpenedKeys {
      const scheduled = scheduleOf(keys, clock(), schedule);
      const opened = (wanted: KeyState) =>
        scheduled.filter(({ state }) => state === wanted).map(({ key }) => openSigningKey(key, vault));
      return { published: published.flatMap(opened), retired: opened('retired') };
    },
  };
}

const shareKey = (some: readonly StoredKey[], others: readonly StoredKey[]): boolean =>
  some.some(({ kid }) => others.some((other) => other.kid === kid));
