// When a signing key is announced, signs, and is gone: pure rules over a key's facts and an instant. What makes, seals and stores keys
// is keys.ts. Relying parties must know a key before it signs (OIDC Core §10.1.1) and still know it while what it signed is valid. We know
// it longer: an ID token signs its owner out long after it ended (OIDC RP-Initiated Logout §2).

export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** How long relying parties are told to keep JWKS. */
export const jwksMaxAgeSeconds = 300;
/** How often every node looks at the stored keys. */
export const followEverySeconds = 10;

const day = 86_400;
/** An automatic rotation is announced this long before. */
const announceSeconds = day;
/** The library's fixed life of a logout token; with ID tokens, all that is signed here. */
const logoutTokenSeconds = 120;
/** A node follows up to one look late, its clock may differ a little, and answers under way end. */
const followMarginSeconds = 3 * followEverySeconds;

export type KeyFacts = {
  readonly kid: string;
  readonly alg: string;
  readonly createdAt: number;
  /** Absent in keys from before there was rotation: since `createdAt`. */
  readonly signsFrom?: number;
};

/**
 * next: published, does not sign yet. previous: published, signs no more. retired: not published, and kept to recognise an ID token that
 * somebody signs out with. gone: to be deleted.
 */
export type KeyState = 'next' | 'current' | 'previous' | 'retired' | 'gone';

export type KeySchedule = {
  /** From one key's first signature to its successor's. */
  readonly rotationSeconds: number;
  /** A key is published at least this long before it signs. */
  readonly publishSeconds: number;
  /** A key stays published this long after its successor began. */
  readonly overlapSeconds: number;
  /** A key is kept this long after it left JWKS. */
  readonly retainSeconds: number;
};

export type ScheduledKey<Key extends KeyFacts = KeyFacts> = {
  readonly key: Key;
  readonly state: KeyState;
  readonly signsFrom: number;
  /** When it leaves JWKS; null while nothing is to succeed it. */
  readonly retiresAt: number | null;
};

/** due: what the calendar asks for. soon: as early as relying parties can know the key. at once: now, and nothing older stays. */
export type Rotation = 'due' | 'soon' | 'at once';

export type KeyPlan<Key extends KeyFacts = KeyFacts> = {
  /** In the order of the present keys; one of them may sign earlier than before. */
  readonly kept: readonly Key[];
  readonly removed: readonly Key[];
  /** To be made. */
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

/** Every key with its state at `now`, oldest first per algorithm. Of each algorithm that has keys exactly one is current. */
export function scheduleOf<Key extends KeyFacts>(
  keys: readonly Key[],
  now: number,
  { overlapSeconds, retainSeconds }: KeySchedule,
): ScheduledKey<Key>[] {
  const algorithms = [...new Set(keys.map(({ alg }) => alg))];
  return algorithms.flatMap((alg) => {
    const line = keys.filter((key) => key.alg === alg).sort((a, b) => signsFromOf(a) - signsFromOf(b));
    // A clock behind the one that made the first key still finds somebody to sign.
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

/** What has to change in the set of keys at `now`. An algorithm without any key gets one that signs at once: nobody knows another. */
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

/** The instant from which a new key is to sign; null when none is needed. */
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
