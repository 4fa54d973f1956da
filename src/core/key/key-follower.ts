// Every node looks at the signing keys again and again, so that a rotation anywhere reaches all without a restart; and the passing of
// time alone turns the next key into the current one.
import { followEverySeconds } from './key-schedule.ts';
import type { OpenedKeys, SigningKeys } from './signing-keys.ts';

export type KeyFollower = {
  /** One look; changes that are there to see are applied when it resolves. @throws what the store or `apply` throw. */
  look(): Promise<void>;
  stop(): void;
};

/** Calls `work` now and then, until the returned function is called. */
export type Repeat = (work: () => void, everySeconds: number) => () => void;

/** The timer does not keep the process alive. */
const repeatByTimer: Repeat = (work, everySeconds) => {
  const timer = setInterval(work, everySeconds * 1000).unref();
  return () => clearInterval(timer);
};

/**
 * Takes a first look and goes on looking. @param apply gets the private keys whenever they, or what is published of them, are others than before.
 * @param onFailure hears the first failure of a row; until the next success the node goes on with what it has.
 * @throws what the first look throws.
 */
export async function followKeys({
  keys,
  apply,
  onFailure,
  repeat = repeatByTimer,
}: {
  keys: Pick<SigningKeys, 'maintain' | 'open'>;
  apply: (keys: OpenedKeys) => void;
  onFailure: (error: unknown) => void;
  repeat?: Repeat;
}): Promise<KeyFollower> {
  let applied = '';
  let last: Promise<void> = Promise.resolve();
  let isFailing = false;
  let isStopped = false;

  async function lookOnce(): Promise<void> {
    const opened = keys.open(await keys.maintain());
    const seen = JSON.stringify([opened.published, opened.retired].map((each) => each.map(({ kid }) => kid)));
    if (seen === applied || isStopped) return;
    apply(opened);
    applied = seen;
  }

  /** One after the other: an older look must not be applied over a newer. */
  function look(): Promise<void> {
    last = last.then(lookOnce, lookOnce);
    return last;
  }

  const tell = (error: unknown): void => {
    if (!isFailing && !isStopped) onFailure(error);
    isFailing = true;
  };

  await look();
  const end = repeat(() => void look().then(() => (isFailing = false), tell), followEverySeconds);
  return {
    look,
    stop() {
      isStopped = true;
      end();
    },
  };
}
