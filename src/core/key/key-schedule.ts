// When a signing key is announced, signs and is deleted: pure rules over a key's dates and an instant.
// signing-keys.ts makes and stores keys. Relying parties must know a key before it signs (OIDC Core §10.1.1)
// and as long as its signatures are valid. This server keeps it longer, because an old ID token is accepted
// as a hint at sign-out (OIDC RP-Initiated Logout §2).

export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** Seconds that relying parties may cache JWKS. */
export const jwksMaxAgeSeconds = 300;
/** Seconds between two checks of the stored keys on every node. */
export const followEverySeconds = 10;

const day = 86_400;
/** An automatic rotation is announced this many seconds before. */
const announceSeconds = day;
/**
 * oidc-provider's fixed lifetime of a logout token. ID tokens and logout tokens are all that is signed here.
 */
const logoutTokenSeconds = 120;
/** Covers a node that checks late, clocks that differ slightly, and responses that are being sent. */
const followMarginSeconds = 3 * followEverySeconds;

/** Instants are in epoch seconds. */
export type KeyFacts = {
  readonly kid: string;
  readonly alg: string;
  readonly createdAt: number;
  /** Absent in keys from before rotation existed; they sign since `createdAt`. */
  readonly signsFrom?: number;
};

/**
 * `next`: published, does not sign yet. `previous`: published, does not sign any more. `retired`: not
 * published, kept to verify ID token hints at sign-out. `gone`: to be deleted.
 */
export type KeyState = 'next' | 'current' | 'previous' | 'retired' | 'gone';

export type KeySchedule = {
  /** Seconds from one key's first signature to its successor's. */
  readonly rotationSeconds: number;
  /** Minimum seconds between a key's publication and its first signature. */
  readonly publishSeconds: number;
  /** Seconds that a key stays published after its successor began to sign. */
  readonly overlapSeconds: number;
  /** Seconds that a key is kept after it left JWKS. */
  readonly retainSeconds: number;
};

export type ScheduledKey<Key extends KeyFacts = KeyFacts> = {
  readonly key: Key;
  readonly state: KeyState;
  readonly signsFrom: number;
  /** When the key leaves JWKS. Null while it has no successor. */
  readonly retiresAt: number | null;
};

/**
 * `due`: what time requires. `soon`: as early as relying parties can know a new key. `at once`: now, and all
 * older keys are deleted.
 */
export type Rotation = 'due' | 'soon' | 'at once';

export type KeyPlan<Key extends KeyFacts = KeyFacts> = {
  /** In the order of the present keys. A key may sign earlier than before. */
  readonly kept: readonly Key[];
  readonly removed: readonly Key[];
  /** Keys to be made. */
  readonly fresh: readonly { readonly alg: SigningAlgorithm; readonly createdAt: number; readonly signsFrom: number }[];
  readonly isChange: boolean;
};

export const createSchedule = (settings: {
  rotationDays: number;
  idTokenSeconds: number;
  sessionSeconds: number;
}): KeySchedule => ({
  rotationSeconds: settings.rotationDays * day,
  publishSeconds: jwksMaxAgeSeconds + followMarginSeconds,
  overlapSeconds: settings.idTokenSeconds + logoutTokenSeconds + followMarginSeconds,
  retainSeconds: settings.sessionSeconds,
});

const signsFromOf = (key: KeyFacts): number => key.signsFrom ?? key.createdAt;

/**
 * Returns every key with its state at `now`, oldest first per algorithm. Of each algorithm that has keys
 * exactly one is current.
 */
export function scheduleOf<Key extends KeyFacts>(
  keys: readonly Key[],
  now: number,
  { overlapSeconds, retainSeconds }: KeySchedule,
): ScheduledKey<Key>[] {
  const algorithms = [...new Set(keys.map(({ alg }) => alg))];
  return algorithms.flatMap((alg) => {
    const line = keys.filter((key) => key.alg === alg).sort((a, b) => signsFromOf(a) - signsFromOf(b));
    // When the clock is behind that of the node that made the first key, the oldest key is current.
    const current = Math.max(
      0,
      line.findLastIndex((key) => signsFromOf(key) <= now),
    );
    return line.map((key, index) => {
      const successor = line[index + 1];
      const retiresAt = successor ? signsFromOf(successor) + overlapSeconds : null;
      return {
        key,
        state: stateOf(index - current, retiresAt, retainSeconds, now),
        signsFrom: signsFromOf(key),
        retiresAt,
      };
    });
  });
}

function stateOf(distance: number, retiresAt: number | null, retainSeconds: number, now: number): KeyState {
  if (distance === 0) return 'current';
  if (distance > 0) return 'next';
  if (retiresAt === null || now < retiresAt) return 'previous';
  return now < retiresAt + retainSeconds ? 'retired' : 'gone';
}

/**
 * Returns the changes to the set of keys at `now`. An algorithm without a key gets one that signs at once,
 * since relying parties know no other.
 */
export function planKeys<Key extends KeyFacts>(
  keys: readonly Key[],
  now: number,
  schedule: KeySchedule,
  rotation: Rotation,
): KeyPlan<Key> {
  const scheduled = scheduleOf(keys, now, schedule);
  const isRemoved = ({ state }: ScheduledKey) => rotation === 'at once' || state === 'gone';
  const removed = scheduled.filter(isRemoved).map(({ key }) => key);
  const kept = keys
    .filter((key) => !removed.includes(key))
    .map((key) => (rotation === 'soon' ? broughtForward(key, now, schedule) : key));
  const fresh = signingAlgorithms.flatMap((alg) => {
    const newest = scheduled.findLast(({ key }) => key.alg === alg);
    const signsFrom = freshSignsFrom(newest, now, schedule, rotation);
    return signsFrom === null ? [] : [{ alg, createdAt: now, signsFrom }];
  });
  const isChange = fresh.length > 0 || removed.length > 0 || kept.some((key) => !keys.includes(key));
  return { kept, removed, fresh, isChange };
}

/** Returns when a new key must begin to sign; null when none is needed. */
function freshSignsFrom(
  newest: ScheduledKey | undefined,
  now: number,
  { rotationSeconds, publishSeconds }: KeySchedule,
  rotation: Rotation,
): number | null {
  if (!newest || rotation === 'at once') return now;
  if (newest.state === 'next') return null;
  if (rotation === 'soon') return now + publishSeconds;
  return now >= newest.signsFrom + rotationSeconds - announceSeconds ? now + announceSeconds : null;
}

function broughtForward<Key extends KeyFacts>(key: Key, now: number, { publishSeconds }: KeySchedule): Key {
  const earliest = Math.max(now, key.createdAt + publishSeconds);
  return signsFromOf(key) > earliest ? { ...key, signsFrom: earliest } : key;
}
