// The signing keys' use-cases: kept in order by every node as time passes, rotated by an operator. Any number of nodes and commands may
// act at once: each change is planned on the set that was read and made only if that is still the set.
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

/** Private JWKs. */
export type OpenedKeys = {
  /** Of each algorithm the first signs, since the library takes the first key of an algorithm. */
  readonly published: readonly JWK[];
  /** In JWKS no more, and never to sign: known only to recognise older ID tokens. */
  readonly retired: readonly JWK[];
};

/** What verifies is published; what signs stands first. */
const published = ['current', 'next', 'previous'] as const;

export function createSigningKeys({ store, vault, audit, clock, ...settings }: SigningKeysDeps) {
  const schedule = createSchedule(settings);

  async function change(rotation: Rotation): Promise<StoredKey[]> {
    const first = await store.list();
    for (let present = first; ; present = await store.list()) {
      // Somebody else replaced them all meanwhile, which is what was asked for.
      if (rotation === 'at once' && first.length > 0 && !shareKey(first, present)) return present;
      // With another encryption key than the nodes' we would leave keys that they cannot open.
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
    // The very first keys rotate nothing.
    if (before.length === 0) return;
    // A key brought forward is an object of its own, as a fresh one is.
    for (const key of after.filter((each) => !before.includes(each)))
      await audit.keyRotated({ kid: key.kid, alg: key.alg, signsFrom: key.signsFrom ?? key.createdAt, rotation });
    for (const { kid, alg } of before.filter((key) => !after.some((each) => each.kid === key.kid)))
      await audit.keyRemoved({ kid, alg, rotation });
  }

  return {
    /** How long each stage of a key is. */
    schedule,

    /** Every key that is kept, with its state now. */
    async list(): Promise<ScheduledKey<StoredKey>[]> {
      return scheduleOf(await store.list(), clock(), schedule);
    },

    /** What time asks for: first keys, successors announced, keys deleted that nobody's ID token needs any more. Safe on all nodes at once. @returns the set that counts. */
    maintain: () => change('due'),

    /**
     * Publishes a successor of each key, to sign as soon as relying parties can know it; one that is announced already is brought forward.
     * `immediately` (a key is known to others): new keys sign at once and all others are gone. @throws Error when the present keys cannot be
     * opened with this encryption key.
     */
    async rotate({ immediately = false } = {}): Promise<ScheduledKey<StoredKey>[]> {
      return scheduleOf(await change(immediately ? 'at once' : 'soon'), clock(), schedule);
    },

    /** What the set is at this moment. @throws Error when sealed with another encryption key. */
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
